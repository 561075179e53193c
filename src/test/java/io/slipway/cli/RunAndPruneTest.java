package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.image.IdShift;
import io.slipway.image.ImageException;
import io.slipway.image.ImageStore;
import io.slipway.image.Prune;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RunAndPruneTest extends RuntimeByHand {
    private final List<String> refusals = new ArrayList<>();

    /** Prunes at the moment that a command tells something. */
    private final class Interrupting extends PrintWriter {
        private final String moment;

        Interrupting(String moment) {
            super(new StringWriter());
            this.moment = moment;
        }

        @Override
        public void println(String text) {
            super.println(text);
            if (text.contains(moment)) {
                prune();
            }
        }
    }

    private void prune() {
        try {
            ImageStore.open(temp.resolve("data/images"), IdShift.DEFAULT)
                    .prune(new Prune(true, false), Set::of, Duration.ofMillis(10));
            refusals.add("");
        } catch (ImageException e) {
            refusals.add(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nobody_prunes_an_image_between_its_coming_and_the_start_of_its_container() throws Exception {
        // What is odd in a profile is told after the image has come, and before the start.
        Path profile = Files.writeString(temp.resolve("profile.json"), """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"}]}
                """);
        PrintWriter err = new Interrupting("no_such_call is no system call");
        CommandLine line =
                Cli.commandLine().setOut(new PrintWriter(new StringWriter())).setErr(err);
        int code = line.execute(
                "run",
                "--data",
                temp.resolve("data").toString(),
                "--detach",
                "--name",
                "c1",
                "--seccomp",
                profile.toString(),
                image,
                "/bin/sleep",
                "600");

        assertThat(refusals).singleElement().asString().contains("was in use");
        assertThat(code).isZero();
        // From now on the container itself keeps it.
        assertThat(slipway("image", "prune", "--all", "--output", "json").json().path("images"))
                .isEmpty();
        assertThat(slipway("exec", "c1", "/bin/echo", "stands").out()).isEqualTo("stands\n");
    }
}
