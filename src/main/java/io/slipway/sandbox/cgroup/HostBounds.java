package io.slipway.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/**
 * What this host has, beyond which a limit is a mistake.
 *
 * @param online cpus and memory nodes
 * @param pageSizes of huge pages, as the files of the controller name them
 */
record HostBounds(long memoryBytes, CpusetLimits online, List<String> pageSizes) {
    private static final Path SYS = Path.of("/sys");
    private static final Path PROC = Path.of("/proc");

    static HostBounds read() throws IOException {
        return read(PROC, SYS);
    }

    static HostBounds read(Path proc, Path sys) throws IOException {
        Path nodes = sys.resolve("devices/system/node/has_memory");
        CpusetLimits online = new CpusetLimits(
                Files.readString(sys.resolve("devices/system/cpu/online")).strip(),
                Files.exists(nodes) ? Files.readString(nodes).strip() : "0");
        long memoryBytes = Files.readAllLines(proc.resolve("meminfo")).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        return new HostBounds(memoryBytes, online, pageSizes(sys.resolve("kernel/mm/hugepages")));
    }

    private static List<String> pageSizes(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return new TreeSet<>(entries.map(e -> e.getFileName().toString())
                            .filter(name -> name.matches("hugepages-[0-9]+kB"))
                            .map(name -> size(Long.parseLong(name.replaceAll("[^0-9]", ""))))
                            .toList())
                    .stream().toList();
        }
    }

    // mm/hugetlb_cgroup.c, mem_fmt.
    private static String size(long kibibytes) {
        if (kibibytes >= 1 << 20) {
            return (kibibytes >> 20) + "GB";
        }
        return kibibytes >= 1 << 10 ? (kibibytes >> 10) + "MB" : kibibytes + "KB";
    }

    /** @throws IllegalArgumentException naming the field, its value, what there is and what to do */
    void check(Limits limits) {
        int cores = numbers(online.cpus()).cardinality();
        if (limits.cpu().cores().orElse(0) > cores) {
            throw new IllegalArgumentException(
                    "cpu " + CpuLimits.plain(limits.cpu().cores().getAsDouble()) + " is above the " + cores
                            + " cores of this host; ask for 0.01 to " + cores + ", as 0.5");
        }
        within("cpuset-cpus", limits.cpuset().cpus(), online.cpus());
        within("cpuset-mems", limits.cpuset().mems(), online.mems());
        for (String size : limits.hugetlbBytes().keySet()) {
            if (!pageSizes.contains(size)) {
                throw new IllegalArgumentException(
                        "hugetlb " + size + ": this host has no huge pages of that size, but " + pageSizes);
            }
        }
    }

    /** What can be done, and is most likely not what was meant; none for most. */
    List<String> notes(Limits limits) {
        List<String> notes = new ArrayList<>();
        note("memory", limits.memory().maxBytes().orElse(0), notes);
        note("memory-high", limits.memory().highBytes().orElse(0), notes);
        return notes;
    }

    private void note(String field, long bytes, List<String> notes) {
        if (bytes > memoryBytes) {
            notes.add(field + " " + MemoryLimits.size(bytes) + " is above this host's memory of " + (memoryBytes >> 20)
                    + " MiB and limits nothing here; the host's memory ends first");
        }
    }

    private static void within(String field, String wanted, String there) {
        BitSet missing = numbers(wanted);
        missing.andNot(numbers(there));
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(field + " " + wanted + " names " + NumberList.text(missing)
                    + ", but this host has only " + there + "; name some of these");
        }
    }

    private static BitSet numbers(String list) {
        return NumberList.parse("list of the kernel", list);
    }
}
