package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {
    @Test
    void the_help_of_every_command_is_written_without_a_complaint() {
        PrintStream real = System.err;
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
        try {
            assertThat(written(Cli.commandLine())).isGreaterThan(30);
        } finally {
            System.setErr(real);
        }
        assertThat(complaints.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private static int written(CommandLine command) {
        assertThat(command.getUsageMessage()).contains("Usage:");
        return 1
                + command.getSubcommands().values().stream()
                        .mapToInt(HelpTest::written)
                        .sum();
    }
}
