package io.slipway.sandbox.doctor;

import io.slipway.linux.Argument;
import io.slipway.linux.CallResult;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Spawn;
import io.slipway.linux.SpawnException;
import io.slipway.linux.SyscallException;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A child in namespaces of its own that makes some calls and ends. What it mounted and made ends with it. */
final class Trial implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String ROOT_MAP = "0 100000 65536\n";

    private final Descriptor read;
    private final Descriptor write;
    private final SyscallProgram program = new SyscallProgram();
    private final long namespaces;

    /** @param namespaces flags of clone(2) */
    Trial(long namespaces) throws SyscallException {
        Descriptor[] pipe = Syscalls.pipe();
        read = pipe[0];
        write = pipe[1];
        this.namespaces = namespaces;
        // Its own copy of the write end would keep the read from seeing our end.
        call(SyscallNumber.CLOSE, Argument.descriptor(write));
        call(SyscallNumber.READ, Argument.descriptor(read), Argument.bytes(new byte[1], ""), Argument.number(1));
    }

    /** Appends a call, which may fail. */
    Trial call(SyscallNumber number, Argument... arguments) {
        program.call(number, arguments).mayFail();
        return this;
    }

    Trial mount(String source, String target, String type, long flags, String options) {
        return call(
                SyscallNumber.MOUNT,
                Argument.text(source),
                Argument.text(target),
                Argument.text(type),
                Argument.number(flags),
                options.isEmpty() ? Argument.none() : Argument.text(options));
    }

    Trial mkdir(String path) {
        return call(SyscallNumber.MKDIRAT, Argument.number(-100), Argument.text(path), Argument.octal(0755));
    }

    /** Runs it; the calls that it made follow its clone3, its first two calls are left out. */
    List<CallResult> run(Spawn.WhileWaiting work) throws IOException {
        Spawn.Request request = new Spawn.Request(program, namespaces, Path.of("/"), Optional.empty(), PATIENCE);
        try {
            Spawn.run(request, child -> {
                work.run(child);
                Syscalls.write(write, new byte[1]);
            });
            throw new IOException("a trial's child executed something");
        } catch (SpawnException e) {
            if (e.calls().isEmpty()) {
                throw e;
            }
            // As meant: it ends without having executed anything.
            return e.calls().stream()
                    .filter(call -> !call.call().equals("close") && !call.call().equals("read"))
                    .toList();
        }
    }

    /** With ids mapped, as root to those of containers, otherwise our own to 0. */
    List<CallResult> runMapped(boolean root, int uid, int gid, Spawn.WhileWaiting work) throws IOException {
        return run(child -> {
            Path process = Path.of("/proc/" + child.pid());
            if (!root) {
                // Otherwise an unprivileged process may not map groups (user_namespaces(7)).
                Syscalls.writeFile(process.resolve("setgroups"), "deny");
            }
            Syscalls.writeFile(process.resolve("uid_map"), root ? ROOT_MAP : "0 " + uid + " 1\n");
            Syscalls.writeFile(process.resolve("gid_map"), root ? ROOT_MAP : "0 " + gid + " 1\n");
            work.run(child);
        });
    }

    @Override
    public void close() {
        read.close();
        write.close();
    }
}
