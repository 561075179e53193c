package io.slipway.sandbox.learn;

import io.slipway.linux.CallResult;
import io.slipway.linux.ProcessIdentity;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Omission;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxException;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A runtime of its own in a directory that is thrown away, with a root of nothing but busybox. One topic at a time. */
public final class Classroom implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LINES_MAX = 24;
    private static final String NAME = "slipway-learn-";
    private static final String OWNER = "learn";
    /** Whose it is. */
    private static final Pattern OWNED = Pattern.compile(NAME + "([0-9]+-[0-9]+)-[0-9]+");

    private final Path directory;
    private final Sandboxes sandboxes;
    private int tries;

    private Classroom(Path directory, Sandboxes sandboxes) {
        this.directory = directory;
        this.sandboxes = sandboxes;
    }

    /**
     * @param parent where the directory is made
     * @throws IOException if this host has no static busybox, or containers cannot be run here
     */
    public static Classroom open(Path parent) throws IOException {
        for (Path left : abandoned(parent)) {
            new Classroom(left, Sandboxes.open(left.resolve("run"), OWNER, Optional.empty())).clear();
        }
        Path directory =
                Files.createTempDirectory(parent, NAME + ProcessIdentity.self().text() + "-");
        try {
            return new Classroom(directory, Sandboxes.open(directory.resolve("run"), OWNER, Optional.empty()));
        } catch (IOException | RuntimeException e) {
            PracticeRoot.delete(directory);
            throw e;
        }
    }

    /** What a lesson that was killed has left. */
    private static List<Path> abandoned(Path parent) throws IOException {
        try (var all = Files.list(parent)) {
            return all.filter(Classroom::isAbandoned).toList();
        }
    }

    private static boolean isAbandoned(Path directory) {
        Matcher owner = OWNED.matcher(directory.getFileName().toString());
        return owner.matches()
                && ProcessIdentity.parse(owner.group(1))
                        .filter(ProcessIdentity::runs)
                        .isEmpty();
    }

    private void clear() throws IOException {
        try (this) {
            sandboxes.adopt();
        }
    }

    /** Runs a topic's command with and without it. Nothing of either container is left. */
    public Shown show(Topic topic) throws IOException, InterruptedException {
        Demonstration tried = topic.demonstration();
        List<CallResult> calls = new ArrayList<>();
        SandboxSpec asItShouldBe = tried.setting().apply(spec(tried));
        List<String> with = attempt(asItShouldBe, Omission.NONE, calls);
        with.addAll(layerFile(tried, asItShouldBe));
        SandboxSpec broken = tried.withoutSetting().apply(tried.setting().apply(spec(tried)));
        List<String> without = attempt(broken, tried.omission(), new ArrayList<>());
        without.addAll(layerFile(tried, broken));
        return new Shown(topic.callsIn(calls), with, without);
    }

    private SandboxSpec spec(Demonstration tried) throws IOException {
        String id = "learn" + ++tries;
        // A new one each time: one of them is broken on purpose.
        Path root = PracticeRoot.make(directory.resolve("root-" + id));
        return SandboxSpec.of(id, List.of(root), List.of("/bin/sh", "-c", "exec 2>&1; " + tried.script()));
    }

    private static List<String> layerFile(Demonstration tried, SandboxSpec spec) throws IOException {
        if (tried.layerFile().isEmpty()) {
            return List.of();
        }
        Path file = spec.root().layers().getFirst().resolve(tried.layerFile());
        String content = Files.exists(file) ? Files.readString(file).strip() : "there is none";
        return List.of("/" + tried.layerFile() + " in the image's layer afterwards: " + content);
    }

    private List<String> attempt(SandboxSpec spec, Omission omission, List<CallResult> calls)
            throws IOException, InterruptedException {
        Sandbox sandbox;
        try {
            sandbox = sandboxes.startWithout(spec, omission);
        } catch (SandboxException e) {
            return new ArrayList<>(List.of("not started: " + e.getMessage()));
        }
        try {
            Optional<Exit> exit = sandbox.awaitExit(PATIENCE);
            calls.addAll(sandbox.explain().calls());
            return written(sandbox, exit);
        } finally {
            sandboxes.remove(sandbox);
        }
    }

    private static List<String> written(Sandbox sandbox, Optional<Exit> exit) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path log : List.of(sandbox.stdoutLog(), sandbox.stderrLog())) {
            lines.addAll(Files.readAllLines(log));
        }
        if (lines.size() > LINES_MAX) {
            int more = lines.size() - LINES_MAX;
            lines = new ArrayList<>(lines.subList(0, LINES_MAX));
            lines.add("... and " + more + " more lines");
        }
        if (exit.isEmpty()) {
            lines.add("(did not end within " + PATIENCE.toSeconds() + " s, and was killed)");
        } else if (exit.get().kind() == Exit.Kind.UNKNOWN) {
            lines.add("(ended; nobody wrote down how)");
        } else if (exit.get().code() != 0) {
            lines.add("(" + exit.get().text() + ")");
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        try {
            for (Sandbox sandbox : sandboxes.list()) {
                sandboxes.remove(sandbox);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sandboxes.close();
            PracticeRoot.delete(directory);
        }
    }
}
