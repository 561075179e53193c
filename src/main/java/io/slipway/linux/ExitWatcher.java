package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells when processes end, ours or adopted: one thread that waits on their pidfds. */
public final class ExitWatcher implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 02000000;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int EPOLLIN = 1;
    private static final int EVENT_BYTES = Architecture.here().epollEventBytes();
    private static final int DATA = EVENT_BYTES - 8;
    private static final int EVENTS = 64;
    private static final int FOREVER = -1;
    private final int epoll;
    private final Descriptor[] wake;
    private final Map<Integer, Runnable> watched = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    public ExitWatcher() throws SyscallException {
        epoll = Syscalls.checked(Libc.epoll_create1(EPOLL_CLOEXEC), "epoll_create1", "");
        wake = Syscalls.pipe();
        control(wake[0]);
        thread = Thread.ofPlatform().daemon().name("exit-watcher").start(this::loop);
    }

    /**
     * Runs {@code ended} once the process has ended, in the watching thread itself, as a change of threads would cost more than what it usually does:
     * it must not block. The pidfd must stay open until then.
     */
    public void watch(Descriptor pidfd, Runnable ended) throws SyscallException {
        watched.put(pidfd.number(), ended);
        try {
            control(pidfd);
        } catch (SyscallException e) {
            watched.remove(pidfd.number());
            throw e;
        }
    }

    /** Ends the thread; what runs is no longer watched. */
    @Override
    public void close() {
        closed = true;
        try {
            Syscalls.write(wake[1], new byte[1]);
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SyscallException e) {
            throw new IllegalStateException("the exit watcher cannot be woken", e);
        }
        wake[0].close();
        wake[1].close();
        Libc.close(epoll);
    }

    private void loop() {
        ByteBuffer events = ByteBuffer.allocate(EVENT_BYTES * EVENTS).order(ByteOrder.nativeOrder());
        while (!closed) {
            int n = Libc.epoll_wait(epoll, events.array(), EVENTS, FOREVER);
            for (int i = 0; i < n; i++) {
                ended(events.getInt(EVENT_BYTES * i + DATA));
            }
        }
    }

    private void ended(int fd) {
        Libc.epoll_ctl(epoll, DELETE, fd, new byte[EVENT_BYTES]);
        Runnable ended = watched.remove(fd);
        if (ended != null) {
            run(ended);
        }
    }

    private static void run(Runnable ended) {
        try {
            ended.run();
        } catch (RuntimeException e) {
            // The next ones are to be told nevertheless.
            System.getLogger(ExitWatcher.class.getName()).log(System.Logger.Level.ERROR, "the end of a process", e);
        }
    }

    private void control(Descriptor pidfd) throws SyscallException {
        ByteBuffer event = ByteBuffer.allocate(EVENT_BYTES).order(ByteOrder.nativeOrder());
        event.putInt(0, EPOLLIN).putLong(DATA, pidfd.number());
        long result = CallLog.call(
                "epoll_ctl",
                () -> Libc.epoll_ctl(epoll, ADD, pidfd.number(), event.array()),
                Argument.flags(epoll, epoll + "<exits>"),
                Argument.flags(ADD, "EPOLL_CTL_ADD"),
                Argument.descriptor(pidfd),
                Argument.flags(0, "{events=EPOLLIN, data=" + pidfd.number() + "}"));
        Syscalls.checked(result, "epoll_ctl", pidfd.object());
    }
}
