package io.slipway.sandbox.oci;

import io.slipway.linux.CallLog;
import io.slipway.linux.CallResult;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Purpose;
import io.slipway.linux.Spawn;
import io.slipway.linux.SpawnException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.Explanation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Every system call of a creation or an execution, for who asked for it: added to a file, whether it succeeds or fails. */
final class CallReport {
    private final Optional<Path> file;
    private final Consumer<String> warnings;
    private final CallLog log = new CallLog();
    private List<CallResult> child = List.of();

    /** @param warnings told if it cannot be written, which stops nothing */
    CallReport(Optional<Path> file, Consumer<String> warnings) {
        this.file = file;
        this.warnings = warnings;
    }

    /** What is reported on. */
    interface Work<T> {
        T run() throws IOException;
    }

    <T> T over(String title, Work<T> work) throws IOException {
        if (file.isEmpty()) {
            return work.run();
        }
        // Or the first call would be told to have taken as long as it takes to find out how calls are made.
        ProcessIdentity.self();
        try {
            T result = log.<T, IOException>over(work::run);
            write(file.get(), title);
            return result;
        } catch (IOException | RuntimeException e) {
            if ((e instanceof SpawnException ? e : e.getCause()) instanceof SpawnException spawn) {
                child = spawn.calls();
            }
            write(file.get(), title + ", which failed: " + e.getMessage());
            throw e;
        }
    }

    /** What the parent's calls from here on are made for. */
    void purpose(Purpose next) {
        log.purpose(next);
    }

    /** The child goes on from here, or has come to where it waits. */
    void mark() {
        log.mark();
    }

    /** What the child has done so far. */
    void take(Spawn.Waiting waiting) {
        if (file.isPresent()) {
            child = waiting.calls();
        }
    }

    private void write(Path to, String title) {
        StringBuilder text = new StringBuilder("# " + title + "\n");
        Explanation.interleaved(false, log.parts(), child)
                .lines()
                .forEach(line -> text.append(line).append('\n'));
        try {
            // Of a program that could not be executed it shows the environment.
            Syscalls.writeFile(
                    to,
                    Syscalls.O_CREAT | Syscalls.O_APPEND,
                    0600,
                    text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            warnings.accept("the explanation " + to + " cannot be written: " + e.getMessage());
        }
    }
}
