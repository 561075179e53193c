package io.slipway.linux;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** TCP from within another process's network namespace: a socket stays where it was made (network_namespaces(7)), whoever uses it. */
public final class NamespaceSocket {
    private static final long CLONE_NEWNET = 0x40000000L;

    private NamespaceSocket() {}

    /**
     * An unconnected IPv4 socket.
     *
     * @param pid a process that must not end meanwhile, or the number may be another's
     */
    public static Socket open(int pid) throws IOException {
        CompletableFuture<SocketChannel> made = new CompletableFuture<>();
        // setns(2) moves the calling thread alone; this one ends there, and nobody ever finds it in the wrong place.
        Thread.ofPlatform().daemon().name("slipway-namespace-socket").start(() -> {
            try {
                made.complete(inside(pid));
            } catch (IOException | RuntimeException e) {
                made.completeExceptionally(e);
            }
        });
        try {
            return made.get().socket();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IOException(
                    "no socket in the network namespace of pid " + pid + ": " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while opening the network namespace of pid " + pid);
        }
    }

    private static SocketChannel inside(int pid) throws IOException {
        try (Descriptor namespace = Syscalls.open(Path.of("/proc/" + pid + "/ns/net"), Syscalls.O_RDONLY, 0)) {
            Syscalls.setNamespace(namespace, CLONE_NEWNET);
        }
        return SocketChannel.open(StandardProtocolFamily.INET);
    }
}
