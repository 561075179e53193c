package io.slipway.sandbox.oci;

import io.slipway.sandbox.Blow;
import io.slipway.sandbox.KillAnywhere;
import io.slipway.sandbox.Piece;
import io.slipway.sandbox.oci.DoomedRuntime.Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands of the OCI runtime are killed at each place ({@link Blow}): what comes next finds a container or none, runs it once at most, and
 * {@code delete --force} takes all of it away. Also a program: one {@link Piece} of all places.
 */
public final class OciKillAnywhere {
    private final Path temp;

    /** @param temp a directory of the caller's; emptied by it */
    OciKillAnywhere(Path temp) {
        this.temp = temp;
    }

    KillAnywhere.Outcome kill(Operation operation, Blow blow, KillAnywhere.Choice choice) throws Exception {
        OciKillScene scene = new OciKillScene(Files.createTempDirectory(temp, "scene"));
        prepare(scene, operation);
        int places = scene.count(operation, blow);
        scene.clear();
        int tried = 0;
        int killed = 0;
        for (int place : choice.of(places)) {
            prepare(scene, operation);
            killed += scene.strike(operation, blow, place) ? 1 : 0;
            tried++;
            check(scene, operation);
            scene.clear();
        }
        return new KillAnywhere.Outcome(operation.words() + ", " + blow.words(), places, tried, killed);
    }

    private static void prepare(OciKillScene scene, Operation operation) throws Exception {
        switch (operation) {
            case CREATE -> {}
            case START -> scene.create();
            case KILL, DELETE -> {
                // Not as a child of this process, which would have to collect it.
                scene.count(Operation.CREATE, Blow.CALL);
                scene.start();
                scene.awaitRun();
            }
        }
    }

    private static void check(OciKillScene scene, Operation operation) throws Exception {
        switch (operation) {
            case CREATE -> created(scene);
            case START -> {
                if (scene.status().equals("created")) {
                    scene.start();
                }
                scene.awaitRun();
                scene.expect(scene.status().equals("running"), "it is running, not " + scene.status());
            }
            case KILL -> {
                if (scene.status().equals("running")) {
                    scene.kill();
                }
                scene.awaitStop();
            }
            case DELETE -> {}
        }
    }

    private static void created(OciKillScene scene) throws Exception {
        scene.expect(scene.runs() == 0, "it was never started");
        boolean whole = scene.exists() && scene.status().equals("created");
        if (!whole) {
            scene.clear();
            scene.create();
        }
        scene.start();
        scene.awaitRun();
    }

    public static void main(String[] args) throws Exception {
        Piece.of(args).run((temp, blow, some, all) -> {
            OciKillAnywhere kills = new OciKillAnywhere(temp);
            List<Operation> operations = blow == Blow.STEP ? List.of(Operation.CREATE) : List.of(Operation.values());
            List<KillAnywhere.Outcome> outcomes = new ArrayList<>();
            for (Operation one : operations) {
                outcomes.add(kills.kill(one, blow, one == Operation.CREATE ? some : all));
            }
            return outcomes;
        });
    }
}
