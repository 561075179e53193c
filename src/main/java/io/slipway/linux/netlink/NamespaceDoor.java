package io.slipway.linux.netlink;

import static io.slipway.linux.netlink.SocketCalls.checked;

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
    private static final String OWN = "/proc/thread-self/ns/net";
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            work -> Thread.ofPlatform().name("slipway-namespace-door").daemon().unstarted(work));

    /** @param pid a process that must not end meanwhile, or the number may be another's */
    public NetlinkSocket open(int pid) throws IOException {
        try {
            return thread.submit((Callable<NetlinkSocket>) () -> openInside(pid))
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException known) {
                throw known;
            }
            throw new IOException("cannot open a socket in the network namespace of pid " + pid, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while opening the network namespace of pid " + pid);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    private static NetlinkSocket openInside(int pid) throws IOException {
        int home = openNamespace(OWN);
        try {
            int there = openNamespace("/proc/" + pid + "/ns/net");
            try {
                checked(SocketCalls.setns(there, SocketCalls.CLONE_NEWNET), "setns", "network of pid " + pid);
            } finally {
                SocketCalls.close(there);
            }
            NetlinkSocket opened;
            try {
                opened = NetlinkSocket.open();
            } finally {
                stepBack(home);
            }
            return opened;
        } finally {
            SocketCalls.close(home);
        }
    }

    /** Staying would keep the namespace alive after its last process; nothing else depends on where this thread is. */
    private static void stepBack(int home) throws IOException {
        checked(SocketCalls.setns(home, SocketCalls.CLONE_NEWNET), "setns", "network of this host");
    }

    private static int openNamespace(String path) throws IOException {
        int fd = SocketCalls.open(SocketCalls.path(path), SocketCalls.O_RDONLY_CLOEXEC, 0);
        return (int) checked(fd, "open", path);
    }
}
