package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells each time a descriptor has news, e.g. of an event that the kernel counts: one thread for all of them, asleep in between. */
public final class NewsWatcher implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 02000000;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int EPOLLIN = 1;
    private static final int EPOLLPRI = 2;
    private static final int EVENT_BYTES = Architecture.here().epollEventBytes();
    private static final int DATA = EVENT_BYTES - 8;
    private static final int EVENTS = 64;
    private static final int FOREVER = -1;
    private static final int READ_BYTES = 4096;
    private final int epoll;
    private final Descriptor[] wake;
    private final Map<Integer, Watched> watched = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    private record Watched(News news, Runnable told) {}

    /**
     * A descriptor that has news when it is readable, or when it has urgent data.
     *
     * @param counter whether it is an eventfd(2), which is emptied by a read; else a file of the kernel that is read again from its beginning
     */
    public record News(Descriptor descriptor, boolean counter) {}

    public NewsWatcher() throws SyscallException {
        epoll = Syscalls.checked(Libc.epoll_create1(EPOLL_CLOEXEC), "epoll_create1", "");
        wake = Syscalls.pipe();
        add(wake[0].number(), EPOLLIN);
        thread = Thread.ofPlatform().daemon().name("news-watcher").start(this::loop);
    }

    /** Runs {@code told} at each news, in the watching thread: it must not block. The descriptor must stay open until {@link #forget}. */
    public void watch(News news, Runnable told) throws SyscallException {
        int fd = news.descriptor().number();
        watched.put(fd, new Watched(news, told));
        // What is read first is no news.
        drain(news);
        try {
            add(fd, news.counter() ? EPOLLIN : EPOLLPRI);
        } catch (SyscallException e) {
            watched.remove(fd);
            throw e;
        }
    }

    public void forget(News news) {
        int fd = news.descriptor().number();
        if (watched.remove(fd) != null) {
            Libc.epoll_ctl(epoll, DELETE, fd, new byte[EVENT_BYTES]);
        }
    }

    /** False when there is no news to be had of it any more, as what it tells of was removed. */
    private static boolean drain(News news) {
        byte[] buffer = new byte[READ_BYTES];
        int fd = news.descriptor().number();
        if (news.counter()) {
            Libc.read(fd, buffer, Long.BYTES);
            return true;
        }
        return DescriptorCalls.pread(fd, buffer, READ_BYTES, 0) >= 0;
    }

    private void add(int fd, int events) throws SyscallException {
        ByteBuffer event = ByteBuffer.allocate(EVENT_BYTES).order(ByteOrder.nativeOrder());
        event.putInt(0, events).putLong(DATA, fd);
        Syscalls.checked(Libc.epoll_ctl(epoll, ADD, fd, event.array()), "epoll_ctl", "descriptor " + fd);
    }

    private void loop() {
        ByteBuffer events = ByteBuffer.allocate(EVENT_BYTES * EVENTS).order(ByteOrder.nativeOrder());
        while (!closed) {
            int n = Libc.epoll_wait(epoll, events.array(), EVENTS, FOREVER);
            for (int i = 0; i < n; i++) {
                Watched one = watched.get(events.getInt(EVENT_BYTES * i + DATA));
                if (one != null && !drain(one.news)) {
                    // It would be ready for ever.
                    forget(one.news);
                } else if (one != null) {
                    one.told.run();
                }
            }
        }
    }

    /** Ends the thread; what was watched stays open. */
    @Override
    public void close() {
        closed = true;
        try {
            Syscalls.write(wake[1], new byte[1]);
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SyscallException e) {
            throw new IllegalStateException("the watcher of news cannot be woken", e);
        }
        wake[0].close();
        wake[1].close();
        Libc.close(epoll);
    }
}
