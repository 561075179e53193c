package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Of {@code slipway run} as a process of its own, which is sent signals. */
class InterruptedRunTest extends RuntimeByHand {
    private static final int SECONDS = 60;
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private Process run(String name, String script) throws Exception {
        Process process = new ProcessBuilder(runProgram("--rm", "--name", name, image, "sh", "-c", script))
                .redirectOutput(temp.resolve("out").toFile())
                .redirectError(temp.resolve("err").toFile())
                .start();
        started.add(process);
        until(() -> Files.readString(temp.resolve("out")).equals("up\n"));
        return process;
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited for " + SECONDS + " s").isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private String err() throws Exception {
        return Files.readString(temp.resolve("err"));
    }

    private static int code(Process process) throws Exception {
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private int containers() throws Exception {
        return slipway("ps", "--all", "--output", "json").json().size();
    }

    @Test
    void the_first_signal_asks_the_container_to_end_and_says_so() throws Exception {
        Process run = run("c1", "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done");
        run.destroy();
        assertThat(code(run)).isEqualTo(143);
        assertThat(Files.readString(temp.resolve("out"))).isEqualTo("up\nbye\n");
        assertThat(err())
                .isEqualTo("slipway: SIGTERM: container c1 is asked to end (SIGTERM), and killed after 10 s."
                        + " A second Ctrl-C kills it now.\n");
        assertThat(containers()).isZero();
    }

    @Test
    void the_second_signal_kills_one_that_does_not_heed_the_first() throws Exception {
        Process run = run("c1", "trap '' TERM; echo up; while :; do sleep 0.05; done");
        run.destroy();
        until(() -> err().contains("is asked to end"));
        run.destroy();
        assertThat(code(run)).isEqualTo(143);
        assertThat(err()).contains("container c1 is killed", "container c1 ended: killed by SIGKILL");
        assertThat(containers()).isZero();
    }

    @Test
    void what_was_to_be_removed_at_its_end_is_removed_by_who_comes_next_when_run_was_killed() throws Exception {
        Process run = run("c1", "echo up; while [ ! -e /tmp/go ]; do sleep 0.05; done");
        run.destroyForcibly().waitFor();
        assertThat(containers()).as("it goes on").isOne();
        assertThat(slipway("exec", "c1", "sh", "-c", "echo > /tmp/go").code()).isZero();
        until(() -> containers() == 0);
        try (var left = Files.list(temp.resolve("data/run"))) {
            assertThat(left.map(p -> p.getFileName().toString())).doesNotContain("c1");
        }
        assertThat(slipway("run", "--rm", "--name", "c1", image, "true").code()).isZero();
    }
}
