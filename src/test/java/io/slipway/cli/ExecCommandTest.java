package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExecCommandTest extends RuntimeByHand {
    @Test
    void exec_runs_a_command_in_it_and_ends_with_its_code() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sleep", "1000");
        Ran ran = slipway("exec", "c1", "sh", "-c", "echo out; echo err >&2; exit 42");
        assertThat(ran.code()).isEqualTo(42);
        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).isEqualTo("err\n");
        assertThat(slipway(
                                "exec",
                                "-u",
                                "7:8",
                                "-w",
                                "/tmp",
                                "-e",
                                "A=b",
                                "c1",
                                "sh",
                                "-c",
                                "id -u; pwd; echo $A$GREETING")
                        .out())
                .isEqualTo("7\n/tmp\nbhello\n");
        assertThat(slipway("exec", "c1", "nothing-like-it").code()).isEqualTo(127);
        assertThat(slipway("exec", "--timeout", "200ms", "c1", "sleep", "1000").code())
                .isEqualTo(124);
        assertThat(slipway("exec", "none", "true").err()).contains("there is no container 'none'");
    }

    @Test
    void its_environment_is_set_as_that_of_run_is() throws Exception {
        String path = System.getenv("PATH");
        Path file = Files.writeString(temp.resolve("env"), "A=of the file\nB=\"quoted\"\n");
        slipway("run", "--detach", "--name", "c1", image, "sleep", "1000");
        Ran ran = slipway(
                "exec",
                "-e",
                "PATH",
                "-e",
                "A=of the line",
                "-e",
                "GREETING=",
                "--env-file",
                file.toString(),
                "-e",
                "NOT_SET_ANYWHERE",
                "c1",
                "/bin/sh",
                "-c",
                "echo $PATH,$A,$B,$GREETING,${NOT_SET_ANYWHERE-unset}");
        assertThat(ran.out()).isEqualTo(path + ",of the line,\"quoted\",,unset\n");
        assertThat(ran.err()).contains("warning: -e NOT_SET_ANYWHERE: it is not set here");
        Ran none = slipway("exec", "-e", "=x", "c1", "true");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("an environment variable has no name");
    }

    @Test
    void what_could_not_be_begun_ends_with_125_and_wrong_usage_with_2() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sleep", "1000");
        Ran ran = slipway("exec", "--user", "99999", "c1", "id");
        assertThat(ran.code()).isEqualTo(125);
        assertThat(ran.err())
                .contains("'99999' is neither a name in the image's /etc/passwd nor an id from 0 to 65535");
        assertThat(slipway("exec", "--user", "nobody-here", "c1", "id").code()).isEqualTo(125);
        assertThat(slipway("exec", "none", "true").code()).isEqualTo(125);
        Ran never = slipway("exec", "--timeout", "0s", "c1", "true");
        assertThat(never.code()).isEqualTo(ExitCode.USAGE);
        assertThat(never.err()).contains("--timeout 0s is no time at all; choose 1s or more");
        slipway("stop", "c1");
        assertThat(slipway("exec", "c1", "true").code()).isEqualTo(125);
    }

    @Test
    void exec_passes_input_on_and_gives_a_terminal() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sleep", "1000");
        assertThat(withInput("typed", "exec", "-i", "c1", "cat").out()).isEqualTo("typed");
        assertThat(slipway("exec", "c1", "cat").out()).isEmpty();
        assertThat(withInput("", "exec", "-it", "c1", "sh", "-c", "[ -t 1 ] && echo terminal")
                        .out())
                .contains("terminal\r\n");
    }

    private Ran withInput(String input, String... arguments) throws Exception {
        java.io.InputStream before = System.in;
        System.setIn(new java.io.ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return slipway(arguments);
        } finally {
            System.setIn(before);
        }
    }
}
