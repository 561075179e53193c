package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Descriptors that are opened for a process which joins a container. */
final class ExecFiles implements AutoCloseable {
    private final List<Descriptor> owned = new ArrayList<>();
    private final List<Descriptor> joinFiles;
    private final Descriptor releaseRead;
    private final Descriptor releaseWrite;
    private final Descriptor master;
    private final Descriptor slave;

    ExecFiles(OciContainer container) throws IOException {
        try {
            joinFiles = container.cgroup().openJoinFiles();
            owned.addAll(joinFiles);
            Descriptor[] release = Syscalls.pipe();
            releaseRead = own(release[0]);
            releaseWrite = own(release[1]);
            master = own(Syscalls.open(Path.of("/dev/null"), Syscalls.O_PATH, 0));
            slave = own(Syscalls.open(Path.of("/dev/null"), Syscalls.O_PATH, 0));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    List<Descriptor> joinFiles() {
        return joinFiles;
    }

    Descriptor releaseRead() {
        return releaseRead;
    }

    Descriptor releaseWrite() {
        return releaseWrite;
    }

    Descriptor master() {
        return master;
    }

    Descriptor slave() {
        return slave;
    }

    @Override
    public void close() {
        owned.forEach(Descriptor::close);
    }

    private Descriptor own(Descriptor descriptor) {
        owned.add(descriptor);
        return descriptor;
    }
}
