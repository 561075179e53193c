package io.slipway.cli.oci;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Errors and warnings, on standard error and, where {@code --log} says so, in a file, in the two formats of runc. */
final class OciLog {
    private static final List<String> LEVELS = List.of("error", "warning", "info", "debug");
    private final PrintStream err;
    private final Optional<Path> file;
    private final boolean json;
    private final int level;
    private final Clock clock;

    private OciLog(PrintStream err, Optional<Path> file, boolean json, int level, Clock clock) {
        this.err = err;
        this.file = file;
        this.json = json;
        this.level = level;
        this.clock = clock;
    }

    static OciLog of(Words words, PrintStream err, Clock clock) throws UsageException {
        String format = words.text("log-format").orElse("text");
        if (!format.equals("text") && !format.equals("json")) {
            throw new UsageException("--log-format " + format + " is not text or json");
        }
        String level =
                words.has("debug") ? "debug" : level(words.text("log-level").orElse("warning"));
        if (!LEVELS.contains(level)) {
            throw new UsageException("--log-level " + level + " is not one of " + String.join(", ", LEVELS));
        }
        return new OciLog(err, words.text("log").map(Path::of), format.equals("json"), LEVELS.indexOf(level), clock);
    }

    /** By the names that runc takes. */
    private static String level(String name) {
        return switch (name) {
            case "warn" -> "warning";
            case "fatal", "panic" -> "error";
            case "trace" -> "debug";
            default -> name;
        };
    }

    void error(String message) {
        err.println("slipway oci: " + message);
        write("error", message);
    }

    void warning(String message) {
        if (level >= LEVELS.indexOf("warning")) {
            err.println("slipway oci: warning: " + message);
            write("warning", message);
        }
    }

    private void write(String severity, String message) {
        if (file.isEmpty()) {
            return;
        }
        String time = clock.instant().toString();
        String line = json
                ? "{\"level\":" + quoted(severity) + ",\"msg\":" + quoted(message) + ",\"time\":" + quoted(time) + "}\n"
                : "time=" + quoted(time) + " level=" + severity + " msg=" + quoted(message) + "\n";
        try {
            Files.write(
                    file.get(),
                    line.getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            err.println("slipway oci: the log " + file.get() + " cannot be written: " + e.getMessage());
        }
    }

    /** As a JSON string. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
                        quoted.append("\\u")
                                .append(Integer.toHexString(0x10000 | c).substring(1));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
