package io.slipway.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What each command says of itself is public: one committed file for each. {@code -Dgolden.update=true} writes them anew. */
class HelpTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/help");

    @Test
    void the_help_of_every_command_is_the_committed_one_and_is_written_without_a_complaint() throws Exception {
        Map<String, String> written = new TreeMap<>();
        PrintStream real = System.err;
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
        try {
            write(Main.commandLine(), written);
        } finally {
            System.setErr(real);
        }
        assertThat(complaints.toString(StandardCharsets.UTF_8)).isEmpty();
        if (Boolean.getBoolean("golden.update")) {
            update(written);
        }
        assertThat(written)
                .as("differs from %s; look at the change, then write it with -Dgolden.update=true", GOLDEN)
                .isEqualTo(committed());
    }

    private static void write(CommandLine command, Map<String, String> written) {
        String file = command.getCommandSpec().qualifiedName("-") + ".txt";
        written.put(file, command.getUsageMessage(Ansi.OFF));
        command.getSubcommands().values().forEach(below -> write(below, written));
    }

    private static Map<String, String> committed() throws IOException {
        Map<String, String> committed = new TreeMap<>();
        try (var files = Files.list(GOLDEN)) {
            for (Path file : files.toList()) {
                committed.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return committed;
    }

    private static void update(Map<String, String> written) throws IOException {
        Files.createDirectories(GOLDEN);
        for (String gone : committed().keySet()) {
            Files.delete(GOLDEN.resolve(gone));
        }
        for (Map.Entry<String, String> help : written.entrySet()) {
            Files.writeString(GOLDEN.resolve(help.getKey()), help.getValue());
        }
    }
}
