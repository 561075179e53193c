package io.slipway.sandbox;

import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The kernel's own files: /proc and /sys, and what of them a container must not see or write. */
final class KernelFileProgram {
    private static final int SAFE = Calls.MS_NOSUID | Calls.MS_NODEV | Calls.MS_NOEXEC;

    private final Calls calls;
    private final Namespaces namespaces;
    private Optional<Step> proc = Optional.empty();
    private Optional<Step> sys = Optional.empty();

    KernelFileProgram(Calls calls, Namespaces namespaces) {
        this.calls = calls;
        this.namespaces = namespaces;
    }

    /**
     * While it still has the rights of the host's root. A pid namespace of its own beside the user namespace of another container belongs to the
     * host's, as it is born with it, and who mounts a /proc of it must be root there.
     */
    void prepare() {
        if (namespaces.joined().isPresent() && namespaces.user().isPresent() && namespaces.own(Namespace.PID)) {
            calls.purpose(Purpose.KERNEL_FILES);
            proc = Optional.of(calls.detached("proc", SAFE));
        }
    }

    /** What of the host's it is to see, before its root is left aside. */
    void take() {
        if (namespaces.host().containsKey(Namespace.PID)) {
            proc = Optional.of(calls.takeAll("/proc"));
        }
        if (namespaces.host().containsKey(Namespace.NET)) {
            sys = Optional.of(calls.takeAll("/sys"));
        }
    }

    /** While the host's are still in sight: in a user namespace the kernel gives only as much as was seen before. */
    void mount() {
        calls.purpose(Purpose.KERNEL_FILES);
        if (proc.isPresent()) {
            calls.place(proc.get(), "/proc", "/proc");
        } else {
            calls.mount("proc", "/proc", "proc", SAFE, "");
        }
        if (sys.isPresent()) {
            calls.place(sys.get(), "/sys", "/sys");
            calls.restrictAll("/sys", Calls.MS_RDONLY | SAFE);
        } else {
            // Refused in a user namespace where the host's own /sys is partly hidden; then there is none.
            calls.mount("sysfs", "/sys", "sysfs", SAFE | Calls.MS_RDONLY, "").mayFail();
        }
    }

    /** While /proc/sys can be written to. */
    void set(Map<String, String> sysctls) {
        calls.purpose(Purpose.KERNEL_FILES);
        new TreeMap<>(sysctls)
                .forEach((name, value) -> calls.writeExisting(
                        Sysctls.path(name),
                        value.getBytes(StandardCharsets.UTF_8),
                        value,
                        (errno, result) -> Sysctls.meaning(name, value, errno)));
    }

    /** Needs the container's own /dev/null. */
    void hide() {
        calls.purpose(Purpose.MASKS);
        for (String path : KernelFiles.READ_ONLY_PATHS) {
            // The host's own /proc may have more mounted below, as binfmt_misc; one that is made here has nothing.
            calls.bindAll(path, path);
            calls.restrictAll(path, Calls.MS_RDONLY | Calls.MS_NOSUID | Calls.MS_NODEV);
        }
        for (String path : KernelFiles.MASKED_FILES) {
            calls.bind("/dev/null", path);
        }
        Optional<String> mask = Optional.empty();
        for (String path : KernelFiles.MASKED_DIRECTORIES) {
            // One empty file system covers them all.
            Step hidden = mask.isPresent()
                    ? calls.bind(mask.get(), path)
                    : calls.mount("tmpfs", path, "tmpfs", Calls.MS_RDONLY, "size=0k,nr_inodes=1");
            if (path.startsWith("/sys")) {
                // There may be nothing to hide.
                hidden.mayFail();
            } else {
                mask = mask.or(() -> Optional.of(path));
            }
        }
    }
}
