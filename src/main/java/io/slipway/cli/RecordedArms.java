package io.slipway.cli;

import io.slipway.base.Arm;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/** Both arms' recorded data. */
record RecordedArms(RecordedData control, RecordedData candidate) {
    /** Both at once, since reading is most of the work. Lines that are left out are reported, the baseline's first; fails when none is left. */
    static RecordedArms read(Path baseline, Path candidate, Consumer<String> problems) {
        FutureTask<RecordedData> other = new FutureTask<>(() -> RecordedData.read(candidate, Arm.CANDIDATE));
        Thread.ofVirtual().start(other);
        RecordedData control = RecordedData.read(baseline, Arm.CONTROL);
        RecordedData release = await(other);
        control.problems().forEach(problems);
        if (!candidate.equals(baseline)) {
            release.problems().forEach(problems);
        }
        return new RecordedArms(control, release);
    }

    RecordedArms notEmpty() {
        control.notEmpty();
        candidate.notEmpty();
        return this;
    }

    private static RecordedData await(FutureTask<RecordedData> reading) {
        try {
            return reading.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(ExitCode.FAILED, "interrupted while reading");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CommandFailed failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
