package io.slipway.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where this host's controllers are mounted.
 *
 * @param first version 1 mount points, by controller
 * @param unified the version 2 mount point
 * @param unifiedControllers those that version 2 has; the kernel gives each controller to one of the two
 */
public record CgroupMounts(Map<String, Path> first, Optional<Path> unified, Set<String> unifiedControllers) {
    public CgroupMounts {
        first = Map.copyOf(first);
        unifiedControllers = Set.copyOf(unifiedControllers);
    }

    /** Of the process that asks. */
    public static CgroupMounts detect() throws IOException {
        return of(Files.readAllLines(Path.of("/proc/self/mountinfo")));
    }

    /** From a mount table (proc_pid_mountinfo(5)). What is mounted read-only cannot be used and is passed over. */
    static CgroupMounts of(List<String> mountTable) {
        Map<String, Path> first = new HashMap<>();
        Optional<Path> unified = Optional.empty();
        for (String line : mountTable) {
            // The file system type and its options follow a lone dash.
            String[] half = line.split(" - ", 2);
            String[] left = half[0].split(" ");
            String[] right = half.length == 2 ? half[1].split(" ") : new String[0];
            if (left.length < 6
                    || right.length < 3
                    || List.of(left[5].split(",")).contains("ro")) {
                continue;
            }
            Path mountPoint = Path.of(left[4]);
            if (right[0].equals("cgroup2") && unified.isEmpty()) {
                unified = Optional.of(mountPoint);
            } else if (right[0].equals("cgroup")) {
                for (String option : right[2].split(",")) {
                    first.putIfAbsent(option, mountPoint);
                }
            }
        }
        return new CgroupMounts(
                first, unified, unified.map(CgroupMounts::controllers).orElse(Set.of()));
    }

    private static Set<String> controllers(Path root) {
        String names = new CgroupDirectory(root).read("cgroup.controllers");
        return names.isEmpty() ? Set.of() : new HashSet<>(List.of(names.split(" ")));
    }
}
