package io.slipway.sandbox.oci;

import io.slipway.linux.ConsoleSocket;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Takes a descriptor from a child and hands it to who listens at a socket. He is another program: he may be gone, or stuck, and what is created must
 * then fail rather than hang.
 *
 * @param named what names the socket, e.g. {@code --console-socket /run/console}
 * @param who listens there
 */
record SocketHandover(String named, String who, Path socket, Duration patience) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static SocketHandover of(String named, String who, Path socket) {
        return new SocketHandover(named + " " + socket, who, socket, PATIENCE);
    }

    static SocketHandover ofTerminal(Path socket) {
        return of("--console-socket", "who attends the terminal", socket);
    }

    /** The master of a terminal, which the child has by a number. */
    void giveTerminal(Spawn.Waiting child, int number) throws OciException {
        give(child, number, "/dev/ptmx", "/dev/ptmx".getBytes(StandardCharsets.UTF_8));
    }

    /** @throws OciException if it is not taken in time; the process must then not run */
    void give(Spawn.Waiting child, int number, String object, byte[] about) throws OciException {
        try (Descriptor descriptor = ConsoleSocket.take(child.pidfd(), number, object)) {
            ConsoleSocket.send(socket, descriptor, about, patience);
        } catch (SyscallException e) {
            throw new OciException(
                    named + ": the " + object + " cannot be handed over: " + e.getMessage() + hint(e.errno()), e);
        }
    }

    private String hint(int errno) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ECONNREFUSED -> "; is " + who + " running?";
            case Errno.EAGAIN ->
                "; " + who + " listens there, but took nothing within " + patience.toSeconds()
                        + " s, so the process was not started; look why that program is stuck, or start it again";
            default -> "";
        };
    }
}
