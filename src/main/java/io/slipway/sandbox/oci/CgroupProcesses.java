package io.slipway.sandbox.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads cgroup.procs. */
final class CgroupProcesses {
    private CgroupProcesses() {}

    /** Empty when the group is gone. */
    static List<Integer> of(Path directory) {
        try {
            return Files.readAllLines(directory.resolve("cgroup.procs")).stream()
                    // 0 stands for a process of a pid namespace that is not ours.
                    .filter(line -> !line.isBlank() && !line.equals("0"))
                    .map(Integer::valueOf)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
