package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens the files that stand for namespaces (namespaces(7)). */
final class NamespaceFile {
    private NamespaceFile() {}

    /** @throws OciException if the path is no namespace of that kind */
    static Descriptor open(NamespaceConfig namespace) throws IOException {
        Path path = Path.of(namespace.path().orElseThrow());
        Descriptor opened;
        try {
            opened = Syscalls.open(path, Syscalls.O_RDONLY, 0);
        } catch (SyscallException e) {
            throw new OciException(
                    "the " + namespace.type().property() + " namespace " + path + " cannot be joined: " + e.getMessage()
                            + "; is the container that it belongs to still running?",
                    e);
        }
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + opened.number()))
                .toString();
        if (!target.startsWith(namespace.type().file() + ":[")) {
            opened.close();
            throw new OciException("path " + path + " is " + target + ", no "
                    + namespace.type().property() + " namespace; name a file as /proc/PID/ns/"
                    + namespace.type().file());
        }
        return opened;
    }

    static Descriptor ours(NamespaceConfig.Type type) throws SyscallException {
        // Of this thread, as one thread of the process may be elsewhere.
        return Syscalls.open(Path.of("/proc/thread-self/ns/" + type.file()), Syscalls.O_RDONLY, 0);
    }

    static Descriptor of(int pid, NamespaceConfig.Type type) throws SyscallException {
        return Syscalls.open(Path.of("/proc/" + pid + "/ns/" + type.file()), Syscalls.O_RDONLY, 0);
    }
}
