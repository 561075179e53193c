package io.slipway.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where this machine's cgroup controllers are.
 *
 * @param first version 1 mount points by controller
 * @param unified the version 2 mount point
 * @param unifiedControllers those of memory, cpu and pids that version 2 has
 */
record CgroupLayout(Map<String, Path> first, Optional<Path> unified, Set<String> unifiedControllers) {
    private static final List<String> WANTED = List.of("memory", "cpu", "cpuacct", "pids");
    /** All directories of ours begin so. */
    static final String OURS = "slipway";

    /** From the mount table. */
    static CgroupLayout detect() throws IOException {
        Map<String, Path> first = new HashMap<>();
        Optional<Path> unified = Optional.empty();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            // proc_pid_mountinfo(5): the file system type and its options follow a lone dash.
            String[] half = line.split(" - ", 2);
            Path mountPoint = Path.of(half[0].split(" ")[4]);
            String[] right = half[1].split(" ");
            if (right[0].equals("cgroup2") && unified.isEmpty()) {
                unified = Optional.of(mountPoint);
            } else if (right[0].equals("cgroup")) {
                for (String option : right[2].split(",")) {
                    if (WANTED.contains(option)) {
                        first.putIfAbsent(option, mountPoint);
                    }
                }
            }
        }
        return new CgroupLayout(
                first, unified, unified.map(CgroupLayout::controllers).orElse(Set.of()));
    }

    private static Set<String> controllers(Path root) {
        Set<String> found = new HashSet<>(
                List.of(CgroupFiles.read(root, "cgroup.controllers").split(" ")));
        found.retainAll(WANTED);
        return found;
    }

    /** The group of one container; not yet made. */
    Cgroup group(String owner, String id) throws IOException {
        Path below = Path.of(OURS, owner, id);
        Map<String, Path> directories = new HashMap<>();
        first.forEach((controller, root) -> directories.put(controller, root.resolve(below)));
        boolean useUnified = unified.isPresent() && (first.isEmpty() || !unifiedControllers.isEmpty());
        if (!useUnified) {
            if (first.isEmpty()) {
                throw new IOException("no cgroup file system is mounted, so nothing can be limited or accounted for; "
                        + "mount cgroup2 at /sys/fs/cgroup");
            }
            return new CgroupV1(directories);
        }
        Path root = unified.get();
        CgroupV2 two = new CgroupV2(root, root.resolve(below), unifiedControllers);
        return first.isEmpty() ? two : new CgroupHybrid(new CgroupV1(directories), two, unifiedControllers);
    }

    /** Makes an owner's directories, in which its containers' are made. */
    void prepare(String owner) throws IOException {
        List<Path> roots = new ArrayList<>(first.values());
        if (first.isEmpty() || !unifiedControllers.isEmpty()) {
            unified.ifPresent(roots::add);
        }
        for (Path root : roots) {
            CgroupFiles.ensure(root.resolve(OURS));
            CgroupFiles.ensure(root.resolve(OURS).resolve(owner));
        }
    }

    /** Removes an owner's directories, and ours above them, where nothing is left in them. */
    void removeEmpty(String owner) {
        List<Path> roots = new ArrayList<>(first.values());
        unified.ifPresent(roots::add);
        for (Path root : roots) {
            for (Path directory : List.of(root.resolve(OURS).resolve(owner), root.resolve(OURS))) {
                // Refused by the kernel while another group is in it, which is as it should be.
                directory.toFile().delete();
            }
        }
    }
}
