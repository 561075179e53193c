package io.slipway.cli;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Verdict;
import io.slipway.base.MetricWindow;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code slipway judge}: the judge alone, on recorded data; one JSON line per look, no server. */
@Command(
        name = "judge",
        description = {
            "Judge recorded data: one JSON line per look, up to the first that would revert.",
            "Looks every 10 s of the data, as a watch does, or after each window where windows are longer."
        })
public final class JudgeCommand implements Callable<Integer> {
    /** As in a watch; longer windows are looked at one by one. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Option(
            names = "--baseline",
            required = true,
            paramLabel = "A.jsonl",
            description = "What the stable revision did: windows or single requests, one JSON object a line.")
    private Path baseline = Path.of("");

    @Option(
            names = "--candidate",
            required = true,
            paramLabel = "B.jsonl",
            description = "What the new revision did over the same time.")
    private Path candidate = Path.of("");

    @Option(
            names = "--spec",
            paramLabel = "S.yaml",
            description =
                    "A service file, or only stopConditions, watch and cost. Without it: p95_latency 10%%, error_rate"
                            + " 0.5pp, and cost_per_request 15%% where cpu time was recorded.")
    private @Nullable Path specFile;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (JudgeLine.judged(baseline, candidate, specFile, spec.commandLine().getOut(), err)) {
            return ExitCode.DONE;
        }
        return judgeAsAWhole(err);
    }

    private int judgeAsAWhole(PrintWriter err) {
        RecordedArms arms = RecordedArms.read(baseline, candidate, err::println).notEmpty();
        RecordedData control = arms.control();
        RecordedData release = arms.candidate();
        boolean costs = control.hasCosts() && release.hasCosts();
        JudgeSpec judged = JudgeSpecFile.read(Optional.ofNullable(specFile), costs, err::println);
        List<MetricWindow> windows = new ArrayList<>(aligned(control, release, err));
        windows.addAll(release.windows());
        windows.sort(Comparator.comparing(MetricWindow::start).thenComparing(MetricWindow::arm));
        judge(judged, windows, spec.commandLine().getOut());
        return ExitCode.DONE;
    }

    /** A baseline of another time is laid over the candidate's, first window on first window. */
    private static List<MetricWindow> aligned(RecordedData control, RecordedData release, PrintWriter err) {
        if (control.end().isAfter(release.start()) && release.end().isAfter(control.start())) {
            return control.windows();
        }
        Duration shift = Duration.between(control.start(), release.start());
        err.println("slipway: the baseline was recorded at another time; it is taken " + shift + " later");
        return control.shifted(shift);
    }

    private static void judge(JudgeSpec judged, List<MetricWindow> windows, PrintWriter out) {
        List<Instant> looks = windows.stream().map(RecordedData::endOf).sorted().toList();
        Instant begin = windows.getFirst().start();
        Comparison comparison = new Comparison(judged, begin);
        Instant due = begin.plus(LOOK);
        Instant before = Instant.MIN;
        int next = 0;
        for (Instant now : looks) {
            if (now.equals(before) || (now.isBefore(due) && !now.equals(looks.getLast()))) {
                continue;
            }
            before = now;
            due = now.plus(LOOK);
            while (next < windows.size()
                    && !RecordedData.endOf(windows.get(next)).isAfter(now)) {
                comparison.add(windows.get(next++));
            }
            Verdict verdict = comparison.look(now);
            out.println(LookJson.of(verdict));
            out.flush();
            if (verdict.reverts()) {
                return;
            }
        }
    }
}
