package io.slipway.sandbox.oci;

import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Our own standard streams, which a container's process inherits. */
final class StandardStreams {
    private StandardStreams() {}

    /** Gives pipes and sockets to a user, so that it can open them again through /proc/self/fd; leaves files and devices alone. */
    static void own(int uid) throws IOException {
        for (int number = 0; number < 3; number++) {
            Path file = Path.of("/proc/self/fd/" + number);
            if (Files.exists(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                String target = Files.readSymbolicLink(file).toString();
                if (target.startsWith("pipe:") || target.startsWith("socket:")) {
                    Syscalls.chown(file, uid, -1);
                }
            }
        }
    }
}
