package io.slipway.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A file of environment variables as Docker's {@code --env-file} takes it: {@code NAME=VALUE} a line, the value as it stands there, quotes and blanks
 * included; {@code NAME} alone takes that of our own environment; empty lines, and those that begin with {@code #}, mean nothing.
 */
final class EnvFile {
    private static final long BYTES_MAX = 16 << 20;
    private static final String BYTE_ORDER_MARK = "\ufeff";
    private final Path path;
    private final UnaryOperator<@Nullable String> ours;
    private final Map<String, String> variables = new LinkedHashMap<>();

    private EnvFile(Path path, UnaryOperator<@Nullable String> ours) {
        this.path = path;
        this.ours = ours;
    }

    /**
     * What it sets; the later line counts.
     *
     * @param ours a variable of our own environment; null when it is not set
     * @throws CommandFailed if it cannot be read, naming the line that is malformed
     */
    static Map<String, String> read(Path path, UnaryOperator<@Nullable String> ours) {
        EnvFile file = new EnvFile(path, ours);
        int number = 0;
        for (byte[] line : lines(content(path))) {
            number++;
            file.take(number, line);
        }
        return file.variables;
    }

    private static byte[] content(Path path) {
        try {
            if (!Files.isDirectory(path) && Files.size(path) > BYTES_MAX) {
                throw new CommandFailed(
                        ExitCode.USAGE,
                        "--env-file " + path + " has more than 16 MiB; a process cannot be given so much");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "--env-file " + path + " cannot be read: " + FailureText.reason(e)
                            + "; name a file of NAME=VALUE lines");
        }
    }

    private static Iterable<byte[]> lines(byte[] content) {
        java.util.List<byte[]> lines = new java.util.ArrayList<>();
        int start = 0;
        for (int i = 0; i <= content.length; i++) {
            if (i == content.length || content[i] == '\n') {
                int end = i > start && content[i - 1] == '\r' ? i - 1 : i;
                lines.add(java.util.Arrays.copyOfRange(content, start, end));
                start = i + 1;
            }
        }
        return lines;
    }

    private void take(int number, byte[] bytes) {
        String line = text(number, bytes);
        if (number == 1 && line.startsWith(BYTE_ORDER_MARK)) {
            line = line.substring(1);
        }
        line = line.stripLeading();
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        int equals = line.indexOf('=');
        String name = equals < 0 ? line : line.substring(0, equals);
        check(number, name);
        @Nullable String value = equals < 0 ? ours.apply(name) : line.substring(equals + 1);
        if (value != null && value.indexOf(0) >= 0) {
            throw malformed(number, "the value of " + name + " has NUL in it, where the kernel would cut it off");
        }
        if (value != null) {
            variables.put(name, value);
        }
    }

    private String text(int number, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed(number, "it is not UTF-8; save the file in that encoding");
        }
    }

    private void check(int number, String name) {
        if (name.isEmpty()) {
            throw malformed(number, "no name stands before '='; write NAME=VALUE");
        }
        if (name.startsWith("export ")) {
            throw malformed(number, "this is no shell script; leave 'export' out");
        }
        if (name.chars().anyMatch(Character::isWhitespace)) {
            // The line may hold a secret, so only its name is told.
            throw malformed(
                    number, "the name '" + name + "' has a blank in it; write NAME=VALUE, without blanks around '='");
        }
        if (name.indexOf(0) >= 0) {
            throw malformed(number, "the name has NUL in it");
        }
    }

    private CommandFailed malformed(int number, String why) {
        return new CommandFailed(ExitCode.USAGE, "--env-file " + path + ", line " + number + ": " + why);
    }
}
