package io.slipway.sandbox;

import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The kernel's own files: /proc and /sys, and what of them a container must not see or write. */
final class KernelFileProgram {
    private static final int SAFE = Calls.MS_NOSUID | Calls.MS_NODEV | Calls.MS_NOEXEC;

    private final Calls calls;

    KernelFileProgram(Calls calls) {
        this.calls = calls;
    }

    /** While the host's are still in sight: in a user namespace the kernel gives only as much as was seen before. */
    void mount() {
        calls.purpose(Purpose.KERNEL_FILES);
        calls.mount("proc", "/proc", "proc", SAFE, "");
        // Refused in a user namespace where the host's own /sys is partly hidden; then there is none.
        calls.mount("sysfs", "/sys", "sysfs", SAFE | Calls.MS_RDONLY, "").mayFail();
    }

    /** While /proc/sys can be written to. */
    void set(Map<String, String> sysctls) {
        calls.purpose(Purpose.KERNEL_FILES);
        new TreeMap<>(sysctls)
                .forEach((name, value) -> calls.writeExisting(
                        Sysctls.path(name), value.getBytes(StandardCharsets.UTF_8), value));
    }

    /** Needs the container's own /dev/null. */
    void hide() {
        calls.purpose(Purpose.MASKS);
        for (String path : KernelFiles.READ_ONLY_PATHS) {
            calls.bind(path, path);
            calls.restrict(path, Calls.MS_RDONLY | Calls.MS_NOSUID | Calls.MS_NODEV);
        }
        for (String path : KernelFiles.MASKED_FILES) {
            calls.bind("/dev/null", path);
        }
        for (String path : KernelFiles.MASKED_DIRECTORIES) {
            // Below /sys there may be nothing to hide.
            Step mask = calls.mount("tmpfs", path, "tmpfs", Calls.MS_RDONLY, "size=0k,nr_inodes=1");
            if (path.startsWith("/sys")) {
                mask.mayFail();
            }
        }
    }
}
