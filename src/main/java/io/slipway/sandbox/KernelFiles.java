package io.slipway.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** Files of the kernel that containers do not see or may not write: the OCI default list, as far as this kernel has them. */
final class KernelFiles {
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/firmware",
            "/sys/devices/virtual/powercap");
    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    static final List<String> MASKED_FILES = existing(MASKED, path -> !Files.isDirectory(path));
    static final List<String> MASKED_DIRECTORIES = existing(MASKED, Files::isDirectory);
    static final List<String> READ_ONLY_PATHS = existing(READ_ONLY, Files::exists);

    private KernelFiles() {}

    private static List<String> existing(List<String> paths, Predicate<Path> wanted) {
        return paths.stream()
                .filter(path -> Files.exists(Path.of(path)) && wanted.test(Path.of(path)))
                .toList();
    }
}
