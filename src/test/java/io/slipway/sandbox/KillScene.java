package io.slipway.sandbox;

import io.slipway.checker.Leftovers;
import io.slipway.linux.TracedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** One state directory from its beginning to its end, in which agents are killed. */
final class KillScene {
    private static final int PATIENCE_SECONDS = 10;
    private final Path directory;
    private final Path root;
    private final Path state;
    private final Path volume;
    private final Leftovers before = Leftovers.now();
    private String at = "undisturbed";

    KillScene(Path directory, Path root) throws IOException {
        this.directory = directory;
        this.root = root;
        state = directory.resolve("state");
        volume = Files.createDirectories(directory.resolve("volume"));
    }

    /** Does an operation undisturbed; returns how many places it has. */
    int count(DoomedAgent.Operation operation, Blow blow) throws Exception {
        return switch (blow) {
            case CALL -> (int) run(operation, 0, -1).orElseThrow()[0];
            case STEP -> (int) run(operation, 0, -1).orElseThrow()[1];
            case CHANGE -> trace(operation, 0).changes().size();
        };
    }

    /** The place after the last of its changes that is called so, and of such a file. */
    int last(DoomedAgent.Operation operation, String call, String file) throws Exception {
        List<String> changes = trace(operation, 0).changes();
        for (int place = changes.size() - 1; place >= 0; place--) {
            if (changes.get(place).startsWith(call + " ") && changes.get(place).endsWith("/" + file)) {
                return place;
            }
        }
        throw new AssertionError("no " + call + " of " + file + " among " + changes);
    }

    /** Does it, and is killed there; false when it came to its end before. */
    boolean strike(DoomedAgent.Operation operation, Blow blow, int place) throws Exception {
        at = "place " + place;
        return switch (blow) {
            case CALL -> run(operation, place + 1, -1).isEmpty();
            case STEP -> run(operation, 0, place).isEmpty();
            case CHANGE -> {
                TracedJvm.Outcome outcome = trace(operation, place + 1);
                at = "place " + place + ", after " + outcome.changes().getLast();
                yield outcome.killed();
            }
        };
    }

    private TracedJvm.Outcome trace(DoomedAgent.Operation operation, int dieAfter) throws Exception {
        return TracedJvm.run(DoomedAgent.class, arguments(operation), dieAfter);
    }

    private Optional<long[]> run(DoomedAgent.Operation operation, long call, int step) throws Exception {
        return DoomedJvm.run(DoomedAgent.class, arguments(operation), call, step, directory.resolve("said"));
    }

    private List<String> arguments(DoomedAgent.Operation operation) {
        return List.of(state.toString(), root.toString(), volume.toString(), operation.name());
    }

    void expect(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(at + ": expected that " + what);
        }
    }

    Sandboxes open() throws IOException {
        return Sandboxes.open(state, "test", Optional.empty());
    }

    /** Makes one by this process; it does not run yet. */
    void create() throws Exception {
        try (Sandboxes sandboxes = open()) {
            sandboxes.create(spec());
        }
    }

    SandboxSpec spec() {
        return DoomedAgent.spec(root, volume);
    }

    int runs() throws IOException {
        Path runs = volume.resolve("runs");
        return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
    }

    /** It runs, and says so; else nothing would be known of those that say nothing. */
    void awaitRun() throws IOException {
        Instant patience = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (runs() == 0 && Instant.now().isBefore(patience)) {
            LockSupport.parkNanos(1_000_000);
        }
        expect(runs() == 1, "it runs once, not " + runs() + " times");
    }

    List<String> processes(Sandboxes sandboxes) throws IOException {
        List<String> found = new ArrayList<>();
        try (var all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(p -> p.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                try {
                    // A dead one lies there until the host's init collects it.
                    boolean dead = Files.readString(process.resolve("status")).contains("State:\tZ");
                    if (!dead && Files.readString(process.resolve("cgroup")).contains(sandboxes.cgroupName() + "/c1")) {
                        found.add(process.toString());
                    }
                } catch (IOException e) {
                    continue;
                }
            }
        }
        return found;
    }

    /** Takes all away and proves that it is gone; returns what files of the state directory stay. */
    Set<String> clear() throws Exception {
        String cgroups;
        try (Sandboxes last = open()) {
            last.adopt();
            for (Sandbox left : last.list()) {
                last.remove(left);
            }
            cgroups = last.cgroupName();
        }
        List<String> left = new ArrayList<>(before.since(cgroups));
        left.addAll(before.since(directory.toString()));
        expect(left.isEmpty(), "nothing is left: " + left);
        Files.deleteIfExists(volume.resolve("runs"));
        try (var all = Files.walk(state)) {
            return all.map(p -> state.relativize(p).toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
