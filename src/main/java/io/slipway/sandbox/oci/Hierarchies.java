package io.slipway.sandbox.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All hierarchies of control groups that are mounted here: an OCI container joins each, as whoever made its bundle looks for it there.
 *
 * @param first mount points of version 1 by controller, named ones as {@code name=systemd}
 * @param unified mount point of version 2, where it is of use: alone, or with controllers
 * @param controllers those of version 2
 */
record Hierarchies(Map<String, Path> first, Optional<Path> unified, Set<String> controllers) {
    private static final Set<String> FIRST = Set.of(
            "cpu",
            "cpuacct",
            "cpuset",
            "memory",
            "devices",
            "freezer",
            "blkio",
            "pids",
            "hugetlb",
            "net_cls",
            "net_prio",
            "perf_event",
            "rdma",
            "misc");

    static Hierarchies detect() throws IOException {
        Map<String, Path> first = new LinkedHashMap<>();
        Optional<Path> unified = Optional.empty();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            // proc_pid_mountinfo(5): the file system type and its options follow a lone dash.
            String[] half = line.split(" - ", 2);
            String[] left = half[0].split(" ");
            String[] right = half[1].split(" ");
            // Part of a hierarchy, shown somewhere else.
            boolean whole = left[3].equals("/");
            if (right[0].equals("cgroup2") && unified.isEmpty() && whole) {
                unified = Optional.of(Path.of(left[4]));
            } else if (right[0].equals("cgroup") && whole) {
                for (String option : right[2].split(",")) {
                    if (FIRST.contains(option) || option.startsWith("name=")) {
                        first.putIfAbsent(option, Path.of(left[4]));
                    }
                }
            }
        }
        Set<String> controllers = unified.isPresent() ? controllers(unified.get()) : Set.of();
        boolean useful = first.isEmpty() || !controllers.isEmpty();
        return new Hierarchies(first, unified.filter(path -> useful), controllers);
    }

    /** Each mount point once. */
    List<Path> roots() {
        List<Path> roots =
                new java.util.ArrayList<>(first.values().stream().distinct().toList());
        unified.ifPresent(roots::add);
        return roots;
    }

    private static Set<String> controllers(Path root) throws IOException {
        Path file = root.resolve("cgroup.controllers");
        String text = Files.exists(file) ? Files.readString(file).strip() : "";
        return text.isEmpty() ? Set.of() : Set.of(text.split(" "));
    }
}
