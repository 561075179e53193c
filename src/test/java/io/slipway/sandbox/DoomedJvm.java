package io.slipway.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that does one thing and dies at a place of our own code, if told to (io.slipway.linux.Failpoint). */
public final class DoomedJvm {
    private static final int PATIENCE_SECONDS = 60;
    private static final int KILLED = 137;

    private DoomedJvm() {}

    /**
     * Runs it to its end.
     *
     * @param call after so many calls of ours; 0: not at all
     * @param step before that call of a child; -1: not at all
     * @param said where it writes what it says: a container may keep a pipe open
     * @return its counts of calls and steps, which it says at its end; empty when it died on the way
     */
    public static Optional<long[]> run(Class<?> program, List<String> arguments, long call, int step, Path said)
            throws Exception {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(Long.toString(call), Integer.toString(step)));
        return lastLine(List.of(), program, all, said)
                .map(line -> Arrays.stream(line.split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray());
    }

    /**
     * @param by the command that executes it, as {@code nsenter} does; none for itself
     * @return the last line of what it says; empty when it died on the way
     */
    public static Optional<String> lastLine(List<String> by, Class<?> program, List<String> arguments, Path said)
            throws Exception {
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dslipway.failpoints=true",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(arguments + " does not end: " + Files.readString(said));
        }
        if (process.exitValue() == KILLED) {
            return Optional.empty();
        }
        String all = Files.readString(said).strip();
        if (process.exitValue() != 0) {
            throw new AssertionError(arguments + " is neither killed nor comes to its end: " + all);
        }
        return Optional.of(all.substring(all.lastIndexOf('\n') + 1));
    }
}
