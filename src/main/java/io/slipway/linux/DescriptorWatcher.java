package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells when descriptors have news: that a process has ended, ours or adopted, or that the kernel has counted an event. One thread for all of them,
 * asleep in between (epoll(7)).
 */
public final class DescriptorWatcher implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 02000000;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int EPOLLIN = 1;
    private static final int EPOLLPRI = 2;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int EVENT_BYTES = Architecture.here().epollEventBytes();
    private static final int DATA = EVENT_BYTES - 8;
    private static final int EVENTS = 64;
    private static final int FOREVER = -1;
    private static final int READ_BYTES = 4096;
    private static final long WAKE = 0;
    private final int epoll;
    private final Descriptor[] wake;
    /** By a number of our own: that of a descriptor may be another's by the time that an event of it comes. */
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();

    private final AtomicLong last = new AtomicLong(WAKE);
    private final Thread thread;
    private volatile boolean closed;
    private boolean finished;

    /** What there is to be told of a descriptor. */
    public enum News {
        /** Once, that it can be read: of a pidfd, that the process has ended; of a pipe that nobody writes to, its end. */
        END(EPOLLIN | EPOLLONESHOT, "EPOLLIN|EPOLLONESHOT"),
        /** Each time that an eventfd(2) has counted. */
        COUNTER(EPOLLIN, "EPOLLIN"),
        /** Each time that a file of the kernel has changed. */
        FILE(EPOLLPRI, "EPOLLPRI");

        private final int events;
        private final String shown;

        News(int events, String shown) {
            this.events = events;
            this.shown = shown;
        }
    }

    /** @param name of its thread */
    public DescriptorWatcher(String name) throws SyscallException {
        epoll = Syscalls.checked(Libc.epoll_create1(EPOLL_CLOEXEC), "epoll_create1", "");
        wake = Syscalls.pipe();
        add(wake[0], News.END, WAKE);
        thread = Thread.ofPlatform().daemon().name(name).start(this::loop);
    }

    /**
     * Runs {@code told} at each news, in the watching thread itself, as a change of threads would cost more than what it usually does: it must not
     * block. The descriptor must stay open until {@link News#END} was told, or until {@link Watch#forget}.
     *
     * @throws SyscallException if the kernel refuses, or this is closed
     */
    public Watch watch(Descriptor descriptor, News news, Runnable told) throws SyscallException {
        Watch watch = new Watch(last.incrementAndGet(), descriptor, news, told);
        watches.put(watch.number, watch);
        try {
            // What is read first is no news.
            watch.drain();
            add(descriptor, news, watch.number);
            return watch;
        } catch (SyscallException e) {
            watches.remove(watch.number);
            throw e;
        }
    }

    /** How many are watched. */
    int count() {
        return watches.size();
    }

    /** A descriptor that is watched. */
    public final class Watch {
        private final long number;
        private final Descriptor descriptor;
        private final News news;
        private final Runnable told;
        private boolean over;

        private Watch(long number, Descriptor descriptor, News news, Runnable told) {
            this.number = number;
            this.descriptor = descriptor;
            this.news = news;
            this.told = told;
        }

        /** Once this returns the descriptor may be closed: it is not looked at any more. What is being told goes on. Does nothing the second time. */
        public synchronized void forget() {
            if (!over) {
                over = true;
                watches.remove(number);
                delete(descriptor);
            }
        }

        /** Whether there is something to tell. */
        private synchronized boolean take() {
            if (over) {
                return false;
            }
            if (news == News.END) {
                // The kernel tells of it only once by itself, and forgets it when it is closed.
                over = true;
                watches.remove(number);
                return true;
            }
            boolean there = drain();
            if (!there) {
                // It would be ready for ever.
                forget();
            }
            return there;
        }

        /** False when there is no news to be had of it any more, as what it tells of was removed. */
        private boolean drain() {
            byte[] buffer = new byte[news == News.FILE ? READ_BYTES : Long.BYTES];
            return switch (news) {
                case END -> true;
                case COUNTER -> {
                    Libc.read(descriptor.number(), buffer, Long.BYTES);
                    yield true;
                }
                case FILE -> DescriptorCalls.pread(descriptor.number(), buffer, READ_BYTES, 0) >= 0;
            };
        }
    }

    private synchronized void add(Descriptor descriptor, News news, long number) throws SyscallException {
        if (finished) {
            throw new SyscallException("epoll_ctl", descriptor.object() + " for a watcher that is closed", Errno.EBADF);
        }
        ByteBuffer event = ByteBuffer.allocate(EVENT_BYTES).order(ByteOrder.nativeOrder());
        event.putInt(0, news.events).putLong(DATA, number);
        long result = CallLog.call(
                "epoll_ctl",
                () -> Libc.epoll_ctl(epoll, ADD, descriptor.number(), event.array()),
                Argument.flags(epoll, epoll + "<watched>"),
                Argument.flags(ADD, "EPOLL_CTL_ADD"),
                Argument.descriptor(descriptor),
                Argument.flags(0, "{events=" + news.shown + ", data=" + number + "}"));
        Syscalls.checked(result, "epoll_ctl", descriptor.object());
    }

    private synchronized void delete(Descriptor descriptor) {
        if (!finished) {
            Libc.epoll_ctl(epoll, DELETE, descriptor.number(), new byte[EVENT_BYTES]);
        }
    }

    private void loop() {
        ByteBuffer events = ByteBuffer.allocate(EVENT_BYTES * EVENTS).order(ByteOrder.nativeOrder());
        while (!closed) {
            int n = Libc.epoll_wait(epoll, events.array(), EVENTS, FOREVER);
            for (int i = 0; i < n; i++) {
                Watch watch = watches.get(events.getLong(EVENT_BYTES * i + DATA));
                if (watch != null) {
                    tell(watch);
                }
            }
        }
        finish();
    }

    /** Whatever goes wrong: the next ones are to be told nevertheless. */
    private static void tell(Watch watch) {
        try {
            if (watch.take()) {
                watch.told.run();
            }
        } catch (RuntimeException | Error e) {
            complain(watch, e);
        }
    }

    private static void complain(Watch watch, Throwable failure) {
        try {
            String what = "what was to follow on news of " + watch.descriptor.object() + " has failed";
            System.getLogger(DescriptorWatcher.class.getName()).log(System.Logger.Level.ERROR, what, failure);
        } catch (RuntimeException | Error e) {
            // No memory left even to say so.
            failure.addSuppressed(e);
        }
    }

    private synchronized void finish() {
        finished = true;
        wake[0].close();
        wake[1].close();
        Libc.close(epoll);
    }

    private synchronized void wake() {
        try {
            if (!finished) {
                Syscalls.write(wake[1], new byte[1]);
            }
        } catch (SyscallException e) {
            throw new IllegalStateException("the watcher cannot be woken", e);
        }
    }

    /** Ends the thread; what was watched stays open, and nothing of it is told any more once this returns. */
    @Override
    public void close() {
        closed = true;
        wake();
        try {
            if (Thread.currentThread() != thread) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
