package io.slipway.sandbox.oci;

import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an update of limits is about to overwrite, so that one that fails can be taken back. */
final class PreviousLimits {
    private static final int BYTES_MAX = 64 * 1024;
    private final List<Line> lines = new ArrayList<>();

    private record Line(Path file, String value) {}

    /** Before {@code next} is written. */
    void remember(Path file, String next) {
        try {
            lines.add(new Line(file, before(file, next, Syscalls.read(file, BYTES_MAX))));
        } catch (SyscallException e) {
            // It can only be written: then nobody knows what it was.
            return;
        }
    }

    /** Files with a line for each device, as {@code 8:0 rbps=1048576}, show those only that differ from what holds without one. */
    private static String before(Path file, String next, String content) {
        String name = file.getFileName().toString();
        List<String> all = content.strip().lines().toList();
        String first = all.isEmpty() ? "" : all.getFirst();
        if (name.equals("memory.oom_control")) {
            return first.replace("oom_kill_disable ", "");
        }
        int end = next.indexOf(' ');
        boolean keyed = end > 0 && !name.startsWith("cpu.");
        if (!keyed) {
            return first;
        }
        String key = next.substring(0, end + 1);
        Optional<String> line = all.stream().filter(l -> l.startsWith(key)).findFirst();
        return line.orElse(key + none(name));
    }

    private static String none(String name) {
        return switch (name) {
            case "io.max" -> "rbps=max wbps=max riops=max wiops=max";
            case "io.bfq.weight" -> "default";
            case "rdma.max" -> "hca_handle=max hca_object=max";
            default -> name.startsWith("blkio.") || name.startsWith("net_prio.") ? "0" : "max";
        };
    }

    /** Twice, as one limit may not be set before another is. */
    void restore() {
        write(lines.reversed());
        write(lines);
    }

    private static void write(List<Line> lines) {
        for (Line line : lines) {
            try {
                Syscalls.writeFile(line.file, line.value);
            } catch (SyscallException e) {
                // In the other order it may go.
                continue;
            }
        }
    }
}
