package io.slipway.sandbox.oci;

import io.slipway.sandbox.Blow;
import io.slipway.sandbox.KillAnywhere;
import io.slipway.sandbox.Piece;
import io.slipway.sandbox.oci.DoomedRuntime.Operation;
import java.nio.file.Files;
import java.nio.file.Path;
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
            case START -> scene.count(Operation.CREATE, Blow.CALL);
            case KILL, DELETE -> {
                scene.count(Operation.CREATE, Blow.CALL);
                scene.count(Operation.START, Blow.CALL);
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
        Piece.of(args).run((temp, some, all) -> {
            OciKillAnywhere kills = new OciKillAnywhere(temp);
            return List.of(
                    kills.kill(Operation.CREATE, Blow.CALL, some),
                    kills.kill(Operation.CREATE, Blow.STEP, some),
                    kills.kill(Operation.CREATE, Blow.CHANGE, some),
                    kills.kill(Operation.START, Blow.CALL, all),
                    kills.kill(Operation.START, Blow.CHANGE, all),
                    kills.kill(Operation.KILL, Blow.CALL, all),
                    kills.kill(Operation.KILL, Blow.CHANGE, all),
                    kills.kill(Operation.DELETE, Blow.CALL, some),
                    kills.kill(Operation.DELETE, Blow.CHANGE, some));
        });
    }
}
