package io.slipway.sandbox.oci;

import io.slipway.checker.Leftovers;
import io.slipway.linux.Signal;
import io.slipway.linux.TracedJvm;
import io.slipway.sandbox.Blow;
import io.slipway.sandbox.DoomedJvm;
import io.slipway.sandbox.oci.DoomedRuntime.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** One container from its creation to its end, the commands of which are killed. */
final class OciKillScene {
    private static final int PATIENCE_SECONDS = 20;
    private final Path state;
    private final Path said;
    private final Bundle bundle;
    private final List<String> warnings = new ArrayList<>();
    private final Leftovers before = Leftovers.now();
    private String at = "undisturbed";
    private OciRuntime runtime;

    OciKillScene(Path directory) throws IOException {
        state = directory.resolve("state");
        said = directory.resolve("said");
        bundle = new Bundle(directory);
        bundle.set("process.args", List.of("/bin/sh", "-c", "echo ran >>/runs; exec sleep 1000"));
        bundle.write();
        runtime = new OciRuntime(state, Clock.systemUTC(), warnings::add);
    }

    /** Does a command undisturbed; returns how many places it has. */
    int count(Operation operation, Blow blow) throws Exception {
        int places = switch (blow) {
            case CALL -> (int) command(operation, 0, -1).orElseThrow()[0];
            case STEP -> (int) command(operation, 0, -1).orElseThrow()[1];
            case CHANGE -> trace(operation, 0).changes().size();
        };
        if (operation == Operation.START) {
            awaitRun();
        }
        return places;
    }

    /** Does it, and is killed there; false when it came to its end before. */
    boolean strike(Operation operation, Blow blow, int place) throws Exception {
        at = "place " + place;
        boolean killed = switch (blow) {
            case CALL -> command(operation, place + 1, -1).isEmpty();
            case STEP -> command(operation, 0, place).isEmpty();
            case CHANGE -> {
                TracedJvm.Outcome outcome = trace(operation, place + 1);
                at = "place " + place + ", after " + outcome.changes().getLast();
                yield outcome.killed();
            }
        };
        runtime = new OciRuntime(state, Clock.systemUTC(), warnings::add);
        expect(runtime.list().size() <= 1, "it is there once");
        return killed;
    }

    private List<String> arguments(Operation operation) {
        return List.of(state.toString(), bundle.directory().toString(), bundle.id(), operation.name());
    }

    private TracedJvm.Outcome trace(Operation operation, int dieAfter) throws Exception {
        return TracedJvm.run(DoomedRuntime.class, arguments(operation), dieAfter);
    }

    private Optional<long[]> command(Operation operation, long call, int step) throws Exception {
        return DoomedJvm.run(DoomedRuntime.class, arguments(operation), call, step, said);
    }

    void expect(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(at + ": expected that " + what);
        }
    }

    /** Makes one by this process. */
    void create() throws IOException {
        runtime.create(bundle.id(), bundle.options());
    }

    void start() throws IOException {
        runtime.start(bundle.id());
    }

    void kill() throws IOException {
        runtime.kill(bundle.id(), Signal.SIGKILL, true);
    }

    int runs() throws IOException {
        Path runs = bundle.rootfs().resolve("runs");
        return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
    }

    void awaitRun() throws IOException {
        Instant patience = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (runs() == 0 && Instant.now().isBefore(patience)) {
            LockSupport.parkNanos(1_000_000);
        }
        expect(runs() == 1, "it runs once, not " + runs() + " times");
    }

    void awaitStop() throws IOException {
        Instant patience = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (!status().equals("stopped") && Instant.now().isBefore(patience)) {
            LockSupport.parkNanos(1_000_000);
        }
        expect(status().equals("stopped"), "it is stopped, not " + status());
    }

    String status() throws IOException {
        return JsonDocument.read(runtime.state(bundle.id()), "state")
                .at("status")
                .text();
    }

    boolean exists() {
        return Files.isDirectory(state.resolve(bundle.id()));
    }

    /** As it tells itself to be deleted. */
    void clear() throws IOException {
        if (exists()) {
            List<String> listed = runtime.list().stream().map(OciContainer::id).toList();
            expect(listed.equals(List.of(bundle.id())), "what is there is listed: " + listed);
            runtime.delete(bundle.id(), !status().equals("stopped"));
        }
        expect(runtime.list().isEmpty(), "none is listed");
        expect(!exists(), "it is gone");
        expect(warnings.isEmpty(), "nobody is warned: " + warnings);
        try (var left = Files.list(state)) {
            List<String> files = left.map(p -> p.getFileName().toString())
                    .filter(name -> !name.equals(".groups"))
                    .toList();
            expect(files.isEmpty(), "no file is left: " + files);
        }
        List<String> left = before.since(bundle.id());
        expect(left.isEmpty(), "nothing is left: " + left);
        Files.deleteIfExists(bundle.rootfs().resolve("runs"));
    }
}
