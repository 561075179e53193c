package io.slipway.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a host offers at a moment. Memory by /proc/meminfo (proc_meminfo(5)): free is what the kernel could give without swapping.
 */
record HostFacts(
        String bootId, int cpus, long memoryBytes, long memoryFreeBytes, long diskFreeBytes, String architecture) {
    static HostFacts read(Path directory) throws IOException {
        return new HostFacts(
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
                Runtime.getRuntime().availableProcessors(),
                memoryBytes("MemTotal:"),
                memoryBytes("MemAvailable:"),
                Files.getFileStore(directory).getUsableSpace(),
                System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
    }

    private static long memoryBytes(String name) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(l -> l.startsWith(name))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        }
    }
}
