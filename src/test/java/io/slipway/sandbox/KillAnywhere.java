package io.slipway.sandbox;

import io.slipway.sandbox.DoomedAgent.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The agent is killed at each place of each operation ({@link Blow}): whoever returns finds the container whole or not at all, never twice, and
 * nothing of it is left when it is removed. Also a program: one {@link Piece} of all places.
 */
public final class KillAnywhere {
    private static final Duration LONG = Duration.ofSeconds(60);
    private final Path temp;
    private final Path root;

    /** Which of so many places are tried. */
    public interface Choice {
        List<Integer> of(int places);
    }

    /** What came of one kind of place. */
    public record Outcome(String kind, int places, int tried, int killed) {}

    /** @param temp a directory of the caller's; emptied by it */
    KillAnywhere(Path temp) throws IOException {
        this.temp = temp;
        root = BusyboxRoot.make(temp.resolve("root"));
    }

    Outcome kill(Operation operation, Blow blow, Choice choice) throws Exception {
        KillScene first = new KillScene(temp.resolve("undisturbed"), root);
        prepare(first, operation);
        int places = first.count(operation, blow);
        if (operation == Operation.START || operation == Operation.START_CREATED) {
            first.awaitRun();
        }
        // What stays of a state directory whose container is gone.
        Set<String> usual = first.clear();
        int tried = 0;
        int killed = 0;
        for (int place : choice.of(places)) {
            KillScene scene = new KillScene(temp.resolve("place" + place), root);
            prepare(scene, operation);
            killed += scene.strike(operation, blow, place) ? 1 : 0;
            tried++;
            check(scene, operation);
            Set<String> files = new TreeSet<>(scene.clear());
            files.removeAll(usual);
            scene.expect(files.isEmpty(), "no file is left: " + files);
        }
        return new Outcome(operation.words() + ", " + blow.words(), places, tried, killed);
    }

    /** Once it is written down that the container runs, before its process is let go. */
    Outcome killUnreleased(Operation operation) throws Exception {
        KillScene first = new KillScene(temp.resolve("traced"), root);
        prepare(first, operation);
        int place = first.last(operation, "write", "state.jsonl");
        first.awaitRun();
        first.clear();
        return kill(operation, Blow.CHANGE, _ -> List.of(place));
    }

    private static void prepare(KillScene scene, Operation operation) throws Exception {
        switch (operation) {
            case START, CREATE -> {}
            case START_CREATED -> scene.create();
            case STOP, REMOVE -> scene.count(Operation.START, Blow.CALL);
        }
    }

    private static void check(KillScene scene, Operation operation) throws Exception {
        try (Sandboxes returned = scene.open()) {
            returned.adopt();
            switch (operation) {
                case START, CREATE -> begun(scene, returned);
                case START_CREATED -> {
                    scene.expect(returned.find("c1").isPresent(), "what was created is there");
                    begun(scene, returned);
                }
                case STOP -> stopped(scene, returned);
                case REMOVE -> {}
            }
            for (Sandbox left : returned.list()) {
                returned.remove(left);
            }
        }
    }

    private static void begun(KillScene scene, Sandboxes returned) throws Exception {
        Optional<Sandbox> found = returned.find("c1");
        if (found.isEmpty() || found.get().state() != Sandbox.State.RUNNING) {
            scene.expect(
                    found.isEmpty() || found.get().state() == Sandbox.State.CREATED,
                    "what never ran has not ended: " + found.flatMap(Sandbox::exit));
            scene.expect(scene.runs() == 0, "it is not running, so it never ran");
            scene.expect(scene.processes(returned).isEmpty(), "no processes without it");
            Sandbox started = found.isPresent()
                    ? returned.start(found.get(), Console.NONE, Map.of())
                    : returned.start(scene.spec());
            scene.expect(started.state() == Sandbox.State.RUNNING, "it can be started again");
            found = returned.find("c1");
        }
        scene.expect(scene.processes(returned).size() <= 2, "it is there once");
        Sandbox c1 = found.orElseThrow();
        scene.awaitRun();
        c1.kill();
        scene.expect(scene.runs() <= 1, "it ran once");
    }

    private static void stopped(KillScene scene, Sandboxes returned) throws Exception {
        Exit exit = returned.find("c1").orElseThrow().stop("SIGTERM", LONG);
        scene.expect(exit.text().equals("killed by SIGTERM"), "it can be stopped again: " + exit.text());
    }

    public static void main(String[] args) throws Exception {
        Piece.of(args).run((temp, blow, some, all) -> {
            KillAnywhere kills = new KillAnywhere(temp);
            List<Operation> operations = switch (blow) {
                case CALL -> List.of(Operation.START, Operation.STOP, Operation.REMOVE);
                case STEP -> List.of(Operation.START);
                case CHANGE -> List.of(Operation.values());
            };
            List<Outcome> outcomes = new ArrayList<>();
            for (Operation one : operations) {
                boolean many = one == Operation.START || one == Operation.START_CREATED;
                outcomes.add(kills.kill(one, blow, many ? some : all));
            }
            return outcomes;
        });
    }
}
