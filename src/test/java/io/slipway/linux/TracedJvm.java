package io.slipway.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own that does one thing and is killed in the middle of it: after one of the system calls that change something, whoever in it makes
 * them. Its program tells by {@link #ready} when it stands before that thing.
 */
public final class TracedJvm {
    private static final String READY = "ready ";
    private static final int PATIENCE_SECONDS = 60;
    private static final int SIGKILL = 9;

    private TracedJvm() {}

    /**
     * What came of it.
     *
     * @param changes the calls that changed something, in words; the last is that after which it was killed
     */
    public record Outcome(List<String> changes, boolean killed) {}

    /** Called in that JVM: says so, and waits until it is let go. */
    public static void ready() throws IOException {
        // What JNA unpacks to be loaded is no part of it.
        Libc.kill((int) ProcessHandle.current().pid(), 0);
        System.out.println(READY + ProcessHandle.current().pid());
        if (System.in.read() < 0) {
            throw new IOException("nobody lets this process begin");
        }
    }

    /**
     * Runs a program to its end, or until it is killed.
     *
     * @param dieAfter so many calls that change something; 0: not at all
     */
    public static Outcome run(Class<?> program, List<String> arguments, int dieAfter) throws Exception {
        return run(List.of(), program, arguments, dieAfter);
    }

    /** The same, by a command that executes the JVM, as {@code nsenter} does. */
    public static Outcome run(List<String> by, Class<?> program, List<String> arguments, int dieAfter)
            throws Exception {
        // Another's child, so that this JVM is told of it by the tracer alone.
        List<String> command = new ArrayList<>(List.of("setsid", "--fork", "--wait"));
        command.addAll(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        InputStream said = process.getInputStream();
        int pid = awaitReady(said);
        // What hangs ends too, and is told of as such.
        CompletableFuture<Void> late = CompletableFuture.runAsync(
                () -> Libc.kill(pid, SIGKILL), CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        FutureTask<CallTracer.Trace> tracing = new FutureTask<>(() -> CallTracer.of(pid, dieAfter, () -> {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }));
        Thread.ofPlatform().daemon().name("tracer").start(tracing);
        CallTracer.Trace trace = tracing.get();
        late.cancel(false);
        if (!trace.killed() && trace.exitCode() != 0) {
            // Its container may have the pipe too: what is there by now.
            String rest = new String(said.readNBytes(said.available()), StandardCharsets.UTF_8);
            throw new AssertionError(program.getSimpleName() + " " + arguments + " ended with " + trace.exitCode()
                    + " after " + trace.changes() + ": " + rest);
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("setsid waits for a process that has ended");
        }
        return new Outcome(trace.changes(), trace.killed());
    }

    private static int awaitReady(InputStream said) throws IOException {
        StringBuilder all = new StringBuilder();
        for (int next = said.read(); next >= 0; next = said.read()) {
            all.append((char) next);
            if (next == '\n' && all.lastIndexOf(READY) >= 0) {
                return Integer.parseInt(
                        all.substring(all.lastIndexOf(READY) + READY.length()).strip());
            }
        }
        throw new IOException("the program ended before it was ready: " + all);
    }
}
