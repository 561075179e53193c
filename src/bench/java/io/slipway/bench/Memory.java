package io.slipway.bench;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How much memory the contenders take: at their peak, and while a container runs. In MiB; a row is those two. */
final class Memory {
    private static final int RUNNING = 100;
    private static final double KIB = 1024;
    private final BenchRoot bench;
    private final Map<String, String> rows = new LinkedHashMap<>();

    Memory(BenchRoot bench) {
        this.bench = bench;
    }

    Map<String, String> rows() {
        return rows;
    }

    /** The peak is that of this process with all that is measured in it. */
    void ours(Ours ours, SandboxSpec lasting) throws Exception {
        long before = Counts.heapBytes();
        List<Sandbox> all = new ArrayList<>();
        double firstProcesses = 0;
        for (int i = 0; i < RUNNING; i++) {
            all.add(ours.start(lasting));
            firstProcesses += Counts.of(Integer.toString(all.getLast().pid()), "VmRSS");
        }
        double heapKib = (Counts.heapBytes() - before) / KIB;
        for (Sandbox sandbox : all) {
            ours.remove(sandbox);
        }
        row("slipway in process", Counts.ofSelf("VmHWM"), (heapKib + firstProcesses) / RUNNING);
    }

    void floor(Floor floor) throws IOException {
        row("the limit: resident C", Counts.of(Long.toString(floor.pid()), "VmHWM"), 0);
    }

    /** Of a command the peak is the largest of its own processes; while the container runs the command waits for its end. */
    void command(String name, Command command) throws Exception {
        Optional<Path> peak = Floor.compile(bench, "peak");
        if (peak.isEmpty()) {
            return;
        }
        Path result = bench.work().resolve("peak-kib");
        List<String> words = new ArrayList<>(List.of(peak.get().toString(), result.toString()));
        words.addAll(command.words());
        new Command(words, bench.work()).run(Bundle.make(bench, name, "full + user namespace"));
        long kib = Long.parseLong(Files.readString(result).strip());
        row(name + " run", kib, command.resident(Bundle.make(bench, name, "full + user namespace", "/bin/sleep", "2")));
    }

    private void row(String who, double peakKib, double residentKib) {
        rows.put(who, String.format(Locale.ROOT, "%.1f | %.2f", peakKib / KIB, residentKib / KIB));
    }
}
