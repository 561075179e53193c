package io.slipway.sandbox.health;

import io.slipway.sandbox.Exec;
import io.slipway.sandbox.ExecException;
import io.slipway.sandbox.ExecSpec;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks by a command in the container: in its cgroup, with its rights, and killed when the time is over. */
record CommandQuestion(Sandbox sandbox, List<String> argv, Duration atMost) {
    private static final Duration START_AT_MOST = Duration.ofSeconds(10);
    /** Beyond the time at which it is killed: an exit that is held back is told a second later. */
    private static final Duration TO_DIE = Duration.ofSeconds(5);

    private static final int OUTPUT_MAX = 4096;
    private static final int TEXT_MAX = 200;

    /** Why it is not well, in plain words; empty when it is. */
    Optional<String> ask() throws InterruptedException {
        Duration start = atMost.compareTo(START_AT_MOST) < 0 ? atMost : START_AT_MOST;
        ExecSpec spec = ExecSpec.of(argv).withAtMost(Optional.of(atMost)).withStartAtMost(start);
        try (Exec exec = sandbox.ask(spec)) {
            Output output = new Output(exec.output());
            Output error = new Output(exec.error());
            Optional<Exit> exit = exec.awaitExit(atMost.plus(TO_DIE));
            output.await();
            error.await();
            if (exit.filter(it -> it.kind() == Exit.Kind.EXITED && it.code() == 0)
                    .isPresent()) {
                return Optional.empty();
            }
            String said = error.last().isEmpty() ? output.last() : error.last();
            return Optional.of(argv.getFirst() + " " + exit.map(Exit::text).orElse("does not end")
                    + (said.isEmpty() ? "" : ": " + said));
        } catch (ExecException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return Optional.of(argv.getFirst() + " could not be executed: " + e);
        }
    }

    /** Reads all that a command writes, so that it never waits for us, and keeps the beginning. */
    private static final class Output {
        private final StringBuilder kept = new StringBuilder();
        private final Thread reader;

        /** Its reads block the thread, which therefore is none that others share. */
        Output(InputStream from) {
            reader = Thread.ofPlatform().daemon().name("health-output").start(() -> read(from));
        }

        private void read(InputStream from) {
            byte[] buffer = new byte[OUTPUT_MAX];
            try {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                    int wanted = Math.min(n, OUTPUT_MAX - kept.length());
                    kept.append(new String(buffer, 0, wanted, StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                return;
            }
        }

        void await() throws InterruptedException {
            reader.join();
        }

        /** The last line that says something, as far as it can be shown. */
        String last() {
            String line = kept.toString().lines().filter(it -> !it.isBlank()).reduce("", (a, b) -> b);
            String shown = line.strip().replaceAll("\\p{Cntrl}", "?");
            return shown.substring(0, Math.min(TEXT_MAX, shown.length()));
        }
    }
}
