package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class WrongUsageTest {
    private static String refused(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = Cli.commandLine();
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute(arguments)).isEqualTo(ExitCode.USAGE);
        return err.toString();
    }

    @Test
    void a_wrong_option_is_answered_by_what_is_wrong_and_where_help_is_and_nothing_else() {
        assertThat(refused("run", "--ids", "mine", "oci:x"))
                .isEqualTo("slipway: Invalid value for option '--ids': expected one of [OWN, STORE] (case-insensitive)"
                        + " but was 'mine'\nSee 'slipway run --help'.\n");
        assertThat(refused("run"))
                .isEqualTo("slipway: Missing required parameter: 'IMAGE'\nSee 'slipway run --help'.\n");
        assertThat(refused("volume", "rm", "--frce", "x")).endsWith("See 'slipway volume rm --help'.\n");
        assertThat(refused("volume")).isEqualTo("slipway: Say what to do: ls, rm.\nSee 'slipway volume --help'.\n");
    }

    @Test
    void an_unknown_option_is_answered_by_those_that_are_like_it() {
        assertThat(refused("run", "--memroy", "1GiB", "oci:x"))
                .isEqualTo("slipway: Unknown option: '--memroy'\nPossible solutions: --memory, --memory-high, "
                        + "--memory-swap\nSee 'slipway run --help'.\n");
    }

    @Test
    void nothing_at_all_is_answered_by_the_whole_help() {
        assertThat(refused()).startsWith("Usage: slipway").contains("Commands:", "run ");
    }
}
