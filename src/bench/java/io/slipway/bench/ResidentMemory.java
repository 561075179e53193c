package io.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resident memory of this process in KiB (proc_pid_status(5)). */
final class ResidentMemory {
    private ResidentMemory() {}

    static long resident() throws IOException {
        return line("VmRSS:");
    }

    static long peak() throws IOException {
        return line("VmHWM:");
    }

    /** From here on the peak counts (proc_pid_clear_refs(5)). */
    static void resetPeak() throws IOException {
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    }

    private static long line(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status has no " + name);
    }
}
