package io.slipway.cli;

import io.slipway.analysis.JudgeSpec;
import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Judges both files while they are read, so that neither waits for the other and a day of seconds is never held in memory. What it says is what judging
 * them as a whole says; files that are not windows of one length, in order, over the same time are left to that.
 */
final class JudgedWhileRead {
    private static final Comparator<MetricWindow> ORDER =
            Comparator.comparing(MetricWindow::start).thenComparing(MetricWindow::arm);

    private final WindowFeed control;
    private final WindowFeed candidate;
    private @Nullable Instant controlEnd;
    private @Nullable Instant candidateEnd;
    private @Nullable Instant controlStart;
    private @Nullable Instant candidateStart;

    /** {@code lines}: one a look; {@code problems}: lines of the files that were left out. */
    record Result(String lines, List<String> problems) {}

    private final boolean oneFile;

    private JudgedWhileRead(Path baseline, Path release) {
        oneFile = baseline.equals(release);
        control = new WindowFeed(baseline, Arm.CONTROL);
        candidate = new WindowFeed(release, Arm.CANDIDATE);
    }

    /** Empty when they have to be judged as a whole. {@code spec}: given whether cpu time was recorded. */
    static Optional<Result> of(Path baseline, Path release, Function<Boolean, JudgeSpec> spec) {
        // A pipe cannot be read again.
        if (!Files.isRegularFile(baseline) || !Files.isRegularFile(release)) {
            return Optional.empty();
        }
        JudgedWhileRead judged = new JudgedWhileRead(baseline, release);
        judged.control.start();
        judged.candidate.start();
        try {
            return judged.judge(spec);
        } catch (WindowFeed.Unusual e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            judged.control.stop();
            judged.candidate.stop();
        }
    }

    private Optional<Result> judge(Function<Boolean, JudgeSpec> spec) throws InterruptedException {
        MetricWindow a = control.peek();
        MetricWindow b = candidate.peek();
        if (a == null || b == null || a.seconds() != b.seconds() || !(control.hasCosts() && candidate.hasCosts())) {
            return Optional.empty();
        }
        controlStart = a.start();
        candidateStart = b.start();
        RunningJudge judge = new RunningJudge(spec.apply(true), ORDER.compare(a, b) <= 0 ? a.start() : b.start());
        while (a != null || b != null) {
            boolean first = b == null || (a != null && ORDER.compare(a, b) <= 0);
            MetricWindow next = first ? a : b;
            if (next == null) {
                break;
            }
            judge.add(next);
            if (first) {
                controlEnd = RecordedData.endOf(next);
                control.take();
                a = control.peek();
            } else {
                candidateEnd = RecordedData.endOf(next);
                candidate.take();
                b = candidate.peek();
            }
        }
        return overlap() ? Optional.of(new Result(judge.finish(), problems())) : Optional.empty();
    }

    private boolean overlap() {
        return controlEnd != null
                && candidateEnd != null
                && controlEnd.isAfter(candidateStart)
                && candidateEnd.isAfter(controlStart);
    }

    private List<String> problems() {
        List<String> all = new ArrayList<>(control.problems());
        all.addAll(oneFile ? List.of() : candidate.problems());
        return all;
    }
}
