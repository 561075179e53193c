package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RunInputTest extends RuntimeByHand {
    private Ran withInput(String input, String... arguments) throws Exception {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return slipway(arguments);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void input_is_passed_on_to_its_end_and_the_rest_is_as_ever() throws Exception {
        String much = "line\n".repeat(100_000);
        Ran ran = withInput(much, "run", "-i", "--name", "c1", image, "sh", "-c", "cat; echo err >&2; exit 42");
        assertThat(ran.out()).isEqualTo(much);
        assertThat(ran.err()).isEqualTo("err\n");
        assertThat(ran.code()).isEqualTo(42);
        assertThat(slipway("logs", "--tail", "1", "--stream", "stdout", "c1").out())
                .isEqualTo("line\n");
        assertThat(ApiClient.JSON
                        .readTree(slipway("inspect", "c1").out())
                        .path("input")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void input_that_nobody_reads_holds_nothing_up() throws Exception {
        Ran ran = withInput("x".repeat(1 << 20), "run", "-i", "--rm", image, "sh", "-c", "exit 3");
        assertThat(ran.code()).isEqualTo(3);
    }

    @Test
    void another_user_opens_its_input_again() throws Exception {
        Ran ran = withInput("typed", "run", "-i", "--rm", "--user", "7", image, "sh", "-c", "cat /dev/stdin");
        assertThat(ran.out()).isEqualTo("typed");
    }

    @Test
    void without_it_nothing_is_read() throws Exception {
        assertThat(withInput("typed", "run", "--rm", image, "cat").out()).isEmpty();
    }

    @Test
    void what_cannot_be_had_together_is_refused_with_what_to_do() throws Exception {
        for (String one : new String[] {"-i", "-t", "-it"}) {
            Ran detached = slipway("run", one, "-d", image, "cat");
            assertThat(detached.code()).isEqualTo(ExitCode.USAGE);
            assertThat(detached.err()).contains("ends at once with --detach", "slipway exec -it ID sh");
            Ran again = slipway("run", one, "--restart", "always", image, "cat");
            assertThat(again.code()).isEqualTo(ExitCode.USAGE);
            assertThat(again.err()).contains("cannot be had with --restart");
        }
        assertThat(slipway("ps", "--all", "--output", "json").json().size()).isZero();
    }

    @Test
    void a_terminal_without_one_of_ours_is_refused() throws Exception {
        Process run = new ProcessBuilder(runProgram("-it", image, "sh"))
                .redirectInput(java.io.File.createTempFile("empty", "", temp.toFile()))
                .start();
        String err = new String(run.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor()).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("standard input is none. Leave -t out; -i alone");
    }
}
