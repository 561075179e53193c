package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Poll;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A user namespace in which nobody lives, only to say how the owners of a mount's files are shown (mount_setattr(2), "ID-mapped mounts"). */
final class MappedNamespace {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private MappedNamespace() {}

    static Descriptor of(List<IdMapping> uids, List<IdMapping> gids) throws IOException {
        Descriptor[] pipe = Syscalls.pipe();
        try (Descriptor read = pipe[0];
                Descriptor write = pipe[1]) {
            SyscallProgram program = new SyscallProgram();
            program.call(SyscallNumber.CLOSE, Argument.descriptor(write));
            program.call(
                    SyscallNumber.READ,
                    Argument.descriptor(read),
                    Argument.bytes(new byte[1], "end"),
                    Argument.number(1));
            Spawn.Request request = new Spawn.Request(
                    program, NamespaceConfig.Type.USER.flag(), Path.of("/"), Optional.empty(), PATIENCE);
            AtomicReference<Descriptor> made = new AtomicReference<>();
            Spawn.Begun begun = Spawn.begin(request, List.of(), child -> {
                Syscalls.writeFile(Path.of("/proc/" + child.pid() + "/uid_map"), IdMapping.file(uids));
                Syscalls.writeFile(Path.of("/proc/" + child.pid() + "/gid_map"), IdMapping.file(gids));
                made.set(NamespaceFile.of(child.pid(), NamespaceConfig.Type.USER));
            });
            Syscalls.write(write, new byte[1]);
            try (Descriptor pidfd = begun.pidfd()) {
                Poll.awaitEnd(pidfd, PATIENCE);
                Syscalls.reap(pidfd);
            }
            return made.get();
        }
    }
}
