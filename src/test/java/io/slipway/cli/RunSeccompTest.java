package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code slipway run --seccomp}. */
class RunSeccompTest extends RuntimeByHand {
    private static final String[] STATUS = {"sh", "-c", "while read k v; do echo $k $v; done < /proc/self/status"};

    private Ran run(String... options) throws Exception {
        String[] line = new String[options.length + 3 + STATUS.length];
        line[0] = "run";
        line[1] = "--rm";
        System.arraycopy(options, 0, line, 2, options.length);
        line[options.length + 2] = image;
        System.arraycopy(STATUS, 0, line, options.length + 3, STATUS.length);
        return slipway(line);
    }

    private Path profile(String json) throws Exception {
        return Files.writeString(temp.resolve("profile.json"), json);
    }

    @Test
    void the_default_is_there_unless_none_is_asked_for() throws Exception {
        assertThat(run().out()).contains("Seccomp: 2\n");
        assertThat(run("--seccomp", "default").out()).contains("Seccomp: 2\n");
        assertThat(run("--seccomp", "unconfined").out()).contains("Seccomp: 0\n");
    }

    @Test
    void a_profile_is_taken_from_a_file_and_its_unknown_names_are_told() throws Exception {
        Path own = profile("""
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                  {"names": ["mkdir", "mkdirr"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}""");
        Ran ran = slipway("run", "--rm", "--seccomp", own.toString(), image, "sh", "-c", "mkdir /x");
        assertThat(ran.err()).contains("mkdirr is no system call, and ignored; did you mean mkdir?");
        assertThat(ran.err()).contains("No space left on device");
    }

    @Test
    void a_profile_that_cannot_be_used_starts_nothing() throws Exception {
        Ran ran = run(
                "--seccomp", profile("{\"defaultAction\": \"SCMP_ACT_DENY\"}").toString());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("defaultAction: \"SCMP_ACT_DENY\" is no action");
        Ran deaf = run(
                "--seccomp", profile("{\"defaultAction\": \"SCMP_ACT_ERRNO\"}").toString());
        assertThat(deaf.code()).isEqualTo(125);
        assertThat(deaf.err()).contains("it forbids execveat (ERRNO 1), clone (ERRNO 1)");
        Ran missing = run("--seccomp", temp.resolve("none").toString());
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("is neither default nor unconfined nor a file");
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }
}
