package io.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Numbers that the kernel and strace(1) tell. */
final class Counts {
    private Counts() {}

    /** The sum of a summary of {@code strace -c}. */
    static long total(Path summary) throws IOException {
        for (String line : Files.readAllLines(summary)) {
            String[] column = line.strip().split("\\s+");
            if (column[column.length - 1].equals("total")) {
                return Long.parseLong(column[3]);
            }
        }
        throw new IOException("strace wrote no total into " + summary);
    }

    interface Work {
        void run() throws Exception;
    }

    /** How many system calls this process and what it starts make meanwhile. */
    static long duringOf(Work work, Path scratch) throws Exception {
        return duringOf(ProcessHandle.current().pid(), work, scratch);
    }

    /** The same of another process. */
    static long duringOf(long pid, Work work, Path scratch) throws Exception {
        Path counts = scratch.resolve("own-counts");
        Process strace = new ProcessBuilder(
                        "strace", "-f", "-c", "-o", counts.toString(), "-p", Long.toString(pid))
                .redirectErrorStream(true)
                .start();
        strace.inputReader().readLine();
        work.run();
        new ProcessBuilder("kill", "-INT", Long.toString(strace.pid())).start().waitFor();
        if (!strace.waitFor(20, TimeUnit.SECONDS)) {
            throw new IOException("strace does not end");
        }
        return total(counts);
    }

    /** A field of /proc/self/status in KiB or as a number, e.g. {@code VmRSS}. */
    static long ofSelf(String field) throws IOException {
        return of("self", field);
    }

    static long of(String process, String field) throws IOException {
        Path status = Path.of("/proc", process, "status");
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException(status + " has no " + field);
    }

    static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    static long lines(String file) throws IOException {
        return Files.readAllLines(Path.of(file)).size();
    }

    /** Heap in use once all garbage is gone; bytes. */
    static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
