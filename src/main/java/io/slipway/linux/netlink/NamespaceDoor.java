package io.slipway.linux.netlink;

import static io.slipway.linux.netlink.SocketCalls.checked;

import io.slipway.linux.Argument;
import io.slipway.linux.CallLog;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Opens sockets in other processes' network namespaces. A namespace belongs to a thread (setns(2)), so one platform thread that never does anything
 * else steps in, opens the socket and steps back; the socket then works from any thread.
 */
public final class NamespaceDoor implements AutoCloseable {
    /** In place of the number of a process that is only planned. */
    public static final int PLANNED = 0;

    private static final String HOST = "network of this host";
    private static final String OWN = "/proc/thread-self/ns/net";
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            work -> Thread.ofPlatform().name("slipway-namespace-door").daemon().unstarted(work));

    /** Opens a socket. @param pid a process that must not end meanwhile, or the number may be another's */
    public NetlinkSocket open(int pid, NetlinkProtocol protocol) throws IOException {
        return inside(pid, () -> NetlinkSocket.open(protocol));
    }

    /**
     * Does something in the network namespace of a process.
     *
     * @param pid must not end meanwhile, or the number may be another's
     */
    public <T> T inside(int pid, Callable<T> work) throws IOException {
        try {
            CallLog log = CallLog.current();
            return thread.submit((Callable<T>) () -> log.over(() -> doInside(pid, work)))
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException known) {
                throw known;
            }
            throw new IOException("cannot work in the network namespace of pid " + pid, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while in the network namespace of pid " + pid);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    private static <T> T doInside(int pid, Callable<T> work) throws Exception {
        int home = openNamespace(OWN);
        try {
            String number = pid == PLANNED ? "PID" : Integer.toString(pid);
            String name = "network of pid " + number;
            int there = openNamespace("/proc/" + number + "/ns/net");
            try {
                enter(there, name);
            } finally {
                close(there, name);
            }
            try {
                return work.call();
            } finally {
                stepBack(home);
            }
        } finally {
            close(home, HOST);
        }
    }

    /** Staying would keep the namespace alive after its last process; nothing else depends on where this thread is. */
    private static void stepBack(int home) throws IOException {
        enter(home, HOST);
    }

    private static void enter(int namespace, String object) throws IOException {
        long result = CallLog.call(
                "setns",
                () -> SocketCalls.setns(namespace, SocketCalls.CLONE_NEWNET),
                shown(namespace, object),
                Argument.flags(SocketCalls.CLONE_NEWNET, "CLONE_NEWNET"));
        checked(result, "setns", object);
    }

    private static void close(int fd, String object) {
        CallLog.call("close", () -> SocketCalls.close(fd), shown(fd, object));
    }

    /** A planned one has no number. */
    private static Argument shown(int fd, String object) {
        return Argument.flags(fd, (CallLog.planning() ? "" : fd) + "<" + object + ">");
    }

    private static int openNamespace(String path) throws IOException {
        long fd = CallLog.call(
                "open",
                () -> SocketCalls.open(SocketCalls.path(path), SocketCalls.O_RDONLY_CLOEXEC, 0),
                Argument.text(path),
                Argument.flags(SocketCalls.O_RDONLY_CLOEXEC, "O_RDONLY|O_CLOEXEC"));
        return (int) checked(fd, "open", path);
    }
}
