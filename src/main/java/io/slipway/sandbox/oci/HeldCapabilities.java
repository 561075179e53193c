package io.slipway.sandbox.oci;

import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.Capabilities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What capabilities there are to give. */
final class HeldCapabilities {
    private static final int HEX = 16;
    private static final int READ_BYTES = 16;

    private HeldCapabilities() {}

    /** Number of the kernel's last one, which may be newer than the names known here. */
    static int last() {
        try {
            // At once: a second read, as Files.readString makes one, finds the end after the first digit.
            return Integer.parseInt(Syscalls.read(Path.of("/proc/sys/kernel/cap_last_cap"), READ_BYTES)
                    .strip());
        } catch (SyscallException e) {
            throw new UncheckedIOException("/proc is not mounted; containers need it", e);
        }
    }

    /** Our own permitted ones (proc_pid_status(5)). */
    static long ours() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapPrm:")) {
                return Long.parseUnsignedLong(
                        line.substring(line.indexOf('\t') + 1).strip(), HEX);
            }
        }
        return 0;
    }

    /**
     * The sets without what cannot be given, of which is warned (config.md, "Linux Process"). A new user namespace gives all within itself, so this is for
     * containers without one.
     */
    static CapabilityConfig within(CapabilityConfig wanted, long held, Consumer<String> warnings) {
        long all =
                wanted.bounding() | wanted.effective() | wanted.permitted() | wanted.inheritable() | wanted.ambient();
        for (String name : Capabilities.names(all & ~held)) {
            warnings.accept("capability " + name + " is left out: whoever runs this command does not have it either");
        }
        return new CapabilityConfig(
                wanted.bounding(),
                wanted.effective() & held,
                wanted.permitted() & held,
                wanted.inheritable() & held,
                wanted.ambient() & held,
                wanted.unknown());
    }
}
