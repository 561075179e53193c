package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.log.LogStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway logs}. */
@Command(
        name = "logs",
        description = "What a container wrote to its standard output and error.",
        footer = {
            "",
            "A line's time is that at which it was taken over, which is never before it was written, and "
                    + "while an agent runs or somebody follows at most a fifth of a second after. What was written "
                    + "meanwhile bears the time of the last write."
        })
final class LogsCommand extends SandboxCommand {
    @Option(
            names = {"-f", "--follow"},
            description = "Go on until it ends.")
    private boolean follow;

    @Option(
            names = {"-t", "--timestamps"},
            description = "Put its time before each line.")
    private boolean timestamps;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only later lines: an instant as 2026-11-24T18:00:00Z, or a duration before now as 10m.")
    private @Nullable String since;

    @Option(names = "--tail", paramLabel = "LINES", description = "Only so many of the lines that there are.")
    private @Nullable Integer tail;

    @Option(names = "--stream", paramLabel = "STREAM", description = "stdout or stderr. Default: both.")
    private @Nullable LogStream stream;

    @Parameters(paramLabel = "CONTAINER")
    private String id = "";

    @Override
    int run(Sandboxes sandboxes) throws IOException, InterruptedException {
        LogFollower.Sink sink = options().json()
                ? LogSinks.json(printer())
                : LogSinks.plain(
                        new BufferedOutputStream(System.out), new BufferedOutputStream(System.err), timestamps);
        if (tail != null) {
            if (tail < 0) {
                throw new CommandFailed(ExitCode.USAGE, "--tail " + tail + " is below 0");
            }
            sink = LogSinks.last(tail, sink);
        }
        sink = LogSinks.filtered(
                Optional.ofNullable(stream), Optional.ofNullable(since).map(LogsCommand::instant), sink);
        Sandbox sandbox = RuntimeOptions.find(sandboxes, id);
        if (sandbox.spec().console().terminal().isPresent()) {
            tell("container " + id + " has a terminal (-t): what it shows there is not logged");
        }
        try (LogFollower logs = new LogFollower(sandbox)) {
            if (follow) {
                logs.follow(sink);
                logs.tellMissed(this::tell);
            } else {
                logs.once(sink);
            }
        }
        return ExitCode.DONE;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.now().minus(Durations.parse("--since", text));
        }
    }
}
