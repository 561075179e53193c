package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PlanCommandTest {
    private static final String FILE = """
        service: shop
        image: registry.example.com/shop:1
        release:
          stopConditions: [{metric: error_rate, regressesBy: 0.5pp}]
        """;

    @TempDir
    private Path dir = Path.of("");

    private String plan(String file) throws Exception {
        return plan(file, ExitCode.DONE);
    }

    private String plan(String file, int exit) throws Exception {
        Path path = Files.writeString(dir.resolve("slipway.yaml"), file);
        StringWriter out = new StringWriter();
        CommandLine line = Cli.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
        assertThat(line.execute("plan", "-f", path.toString()))
                .as(out.toString())
                .isEqualTo(exit);
        return out.toString();
    }

    @Test
    void a_file_without_an_owner_is_planned_as_it_is_released_for_whoever_has_the_token() throws Exception {
        assertThat(plan(FILE)).contains("owner the token's, since the file names none");
        assertThat(plan(FILE + "  owner: alice@example.com\n")).contains("owner alice@example.com");
    }

    @Test
    void an_empty_file_is_named_as_what_is_empty() throws Exception {
        assertThat(plan("\n", ExitCode.FAILED)).contains("\n  the file: is empty. a service file names");
    }
}
