package io.slipway.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that speaks to a controller takes. */
final class ApiOptions {
    /** How results are printed. */
    enum Output {
        TABLE,
        JSON
    }

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The controller. Default: $SLIPWAY_SERVER, or that of 'slipway up' here.")
    private @Nullable String server;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Default: $SLIPWAY_TOKEN, or the admin token of 'slipway up' here.")
    private @Nullable String token;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory of 'slipway up'. Default: $SLIPWAY_DATA, or /var/lib/slipway.")
    private @Nullable Path data;

    @Option(names = "--output", paramLabel = "FORMAT", description = "table or json. Default: table.")
    private Output output = Output.TABLE;

    @Mixin
    private HelpOption help = new HelpOption();

    ApiClient client() {
        return new ApiClient(
                firstOf(server, "SLIPWAY_SERVER", "server"), firstOf(token, "SLIPWAY_TOKEN", "admin-token"));
    }

    boolean json() {
        return output == Output.JSON;
    }

    private Path dataDirectory() {
        String named = System.getenv("SLIPWAY_DATA");
        return data != null ? data : Path.of(named != null ? named : "/var/lib/slipway");
    }

    private String firstOf(@Nullable String option, String variable, String file) {
        String named = System.getenv(variable);
        if (option != null) {
            return option;
        }
        return named != null ? named : read(dataDirectory().resolve(file), variable);
    }

    private static String read(Path file, String variable) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException none) {
            throw new CommandFailed(
                    ExitCode.UNREACHABLE,
                    "no controller is known: neither --"
                            + variable.toLowerCase(Locale.ROOT).substring("slipway_".length()) + " nor " + variable
                            + " is given, and there is no " + file + ". Start one with 'slipway up', or name it.");
        } catch (IOException refused) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "cannot read " + file + ": " + FailureText.reason(refused) + ". It is readable by its owner only.");
        }
    }
}
