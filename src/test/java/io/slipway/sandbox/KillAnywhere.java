package io.slipway.sandbox;

import io.slipway.checker.Leftovers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The agent is killed after each of its system calls, and before each of a child's, of a start, a stop and a removal: whoever returns finds the
 * container whole or not at all, never twice, and nothing of it is left when it is removed. Also a program: {@code PIECE PIECES} takes every so
 * manieth place, and prints a line for each kind of place.
 */
public final class KillAnywhere {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String UNDISTURBED = "undisturbed";
    private final Path temp;
    private final Path root;
    private final Choice choice;
    private int tried;
    private int killed;
    /** Files of a state directory after its containers are gone. */
    private Set<String> usual = Set.of();

    /** Which of so many places are tried. */
    interface Choice {
        List<Integer> of(int places);
    }

    /** What came of one kind of place. */
    record Outcome(String kind, int places, int tried, int killed) {}

    /** @param temp a directory of the caller's; emptied by it */
    KillAnywhere(Path temp, Choice choice) throws IOException {
        this.temp = temp;
        this.choice = choice;
        root = BusyboxRoot.make(temp.resolve("root"));
    }

    Outcome startsAfterCalls() throws Exception {
        return each("a start, after a call of the agent", Scene::startCalls, call -> started(call, call + 1, -1));
    }

    Outcome startsBeforeSteps() throws Exception {
        return each("a start, before a call of the child", Scene::startSteps, step -> started(step, 0, step));
    }

    Outcome stops() throws Exception {
        return each("a stop, after a call of the agent", Scene::stopCalls, this::stopped);
    }

    Outcome removals() throws Exception {
        return each("a removal, after a call of the agent", Scene::removalCalls, this::removed);
    }

    /** How many places there are. */
    private interface Count {
        long of(Scene scene) throws Exception;
    }

    private interface Attempt {
        void at(int place) throws Exception;
    }

    private Outcome each(String kind, Count count, Attempt attempt) throws Exception {
        Scene first = new Scene(UNDISTURBED);
        int places = (int) count.of(first);
        first.clear();
        tried = 0;
        killed = 0;
        for (int place : choice.of(places)) {
            attempt.at(place);
            tried++;
        }
        return new Outcome(kind, places, tried, killed);
    }

    private void started(int place, long call, int step) throws Exception {
        Scene scene = new Scene("place" + place);
        scene.run(DoomedAgent.Operation.START, call, step);
        try (Sandboxes returned = scene.open()) {
            returned.adopt();
            Optional<Sandbox> found = returned.find("c1");
            if (found.isEmpty()) {
                scene.expect(scene.runs() == 0, "it is not there, so it never ran");
                scene.expect(scene.processes(returned).isEmpty(), "no processes without it");
                Sandbox again = returned.start(DoomedAgent.spec(root, scene.volume));
                scene.expect(again.state() == Sandbox.State.RUNNING, "it can be started again");
                found = returned.find("c1");
            }
            Sandbox c1 = found.orElseThrow();
            scene.expect(scene.processes(returned).size() <= 2, "it is there once");
            c1.kill();
            scene.expect(scene.runs() <= 1, "it ran once");
            returned.remove(c1);
        }
        scene.clear();
    }

    private void stopped(int call) throws Exception {
        Scene scene = new Scene("place" + call);
        scene.run(DoomedAgent.Operation.START, 0, -1);
        scene.run(DoomedAgent.Operation.STOP, call + 1, -1);
        try (Sandboxes returned = scene.open()) {
            returned.adopt();
            Sandbox c1 = returned.find("c1").orElseThrow();
            Exit exit = c1.stop("SIGTERM", LONG);
            scene.expect(exit.text().equals("killed by SIGTERM"), "it can be stopped again: " + exit.text());
            returned.remove(c1);
        }
        scene.clear();
    }

    private void removed(int call) throws Exception {
        Scene scene = new Scene("place" + call);
        scene.run(DoomedAgent.Operation.START, 0, -1);
        scene.run(DoomedAgent.Operation.REMOVE, call + 1, -1);
        try (Sandboxes returned = scene.open()) {
            returned.adopt();
            for (Sandbox left : returned.list()) {
                returned.remove(left);
            }
        }
        scene.clear();
    }

    /** One state directory from its beginning to its end. */
    private final class Scene {
        private final String name;
        private final Path state;
        private final Path volume;
        private final Leftovers before = Leftovers.now();

        Scene(String name) throws IOException {
            this.name = name;
            state = temp.resolve(name).resolve("state");
            volume = Files.createDirectories(temp.resolve(name).resolve("volume"));
        }

        long startCalls() throws Exception {
            return started()[0];
        }

        long startSteps() throws Exception {
            return started()[1];
        }

        /** Undisturbed: it runs, and says so, or nothing would be known of those that are disturbed. */
        private long[] started() throws Exception {
            long[] counts = run(DoomedAgent.Operation.START, 0, -1).orElseThrow();
            Instant patience = Instant.now().plusSeconds(10);
            while (runs() == 0 && Instant.now().isBefore(patience)) {
                LockSupport.parkNanos(1_000_000);
            }
            expect(runs() == 1, "it ran once when nothing was killed: " + runs());
            return counts;
        }

        long stopCalls() throws Exception {
            startCalls();
            return run(DoomedAgent.Operation.STOP, 0, -1).orElseThrow()[0];
        }

        long removalCalls() throws Exception {
            startCalls();
            return run(DoomedAgent.Operation.REMOVE, 0, -1).orElseThrow()[0];
        }

        void expect(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(name + ": expected that " + what);
            }
        }

        Sandboxes open() throws IOException {
            return Sandboxes.open(state, "test", Optional.empty());
        }

        int runs() throws IOException {
            Path runs = volume.resolve("runs");
            return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
        }

        /** Its counts of calls and steps; empty when it died on the way, as it was to. */
        Optional<long[]> run(DoomedAgent.Operation operation, long call, int step) throws Exception {
            Process agent = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xshare:auto",
                            "--enable-native-access=ALL-UNNAMED",
                            "-Dslipway.failpoints=true",
                            "-cp",
                            System.getProperty("java.class.path"),
                            DoomedAgent.class.getName(),
                            state.toString(),
                            root.toString(),
                            volume.toString(),
                            operation.name(),
                            Long.toString(call),
                            Integer.toString(step))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(agent.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            expect(agent.waitFor(60, TimeUnit.SECONDS), "the agent ends");
            String last = said.strip().lines().reduce("", (a, b) -> b);
            boolean died = agent.exitValue() == 137;
            expect(died || agent.exitValue() == 0, "the agent is killed or comes to its end: " + said);
            killed += died ? 1 : 0;
            return died
                    ? Optional.empty()
                    : Optional.of(Arrays.stream(last.split(" "))
                            .mapToLong(Long::parseLong)
                            .toArray());
        }

        List<String> processes(Sandboxes sandboxes) throws IOException {
            List<String> found = new ArrayList<>();
            try (var all = Files.list(Path.of("/proc"))) {
                for (Path process : all.filter(p -> p.getFileName().toString().matches("[0-9]+"))
                        .toList()) {
                    try {
                        // A dead one lies there until the host's init collects it.
                        boolean dead =
                                Files.readString(process.resolve("status")).contains("State:\tZ");
                        if (!dead
                                && Files.readString(process.resolve("cgroup"))
                                        .contains(sandboxes.cgroupName() + "/c1")) {
                            found.add(process.toString());
                        }
                    } catch (IOException e) {
                        continue;
                    }
                }
            }
            return found;
        }

        void clear() throws Exception {
            String cgroups;
            try (Sandboxes last = open()) {
                last.adopt();
                for (Sandbox left : last.list()) {
                    last.remove(left);
                }
                cgroups = last.cgroupName();
            }
            List<String> left = new ArrayList<>(before.since(cgroups));
            left.addAll(before.since(temp.resolve(name).toString()));
            expect(left.isEmpty(), "nothing is left: " + left);
            Files.deleteIfExists(volume.resolve("runs"));
            try (var all = Files.walk(state)) {
                Set<String> files =
                        all.map(p -> state.relativize(p).toString()).collect(Collectors.toCollection(TreeSet::new));
                if (name.equals(UNDISTURBED)) {
                    usual = files;
                } else {
                    files.removeAll(usual);
                    expect(files.isEmpty(), "no file is left: " + files);
                }
            }
        }
    }

    public static void main(String[] args) throws Exception {
        int piece = Integer.parseInt(args[0]);
        int pieces = Integer.parseInt(args[1]);
        Path temp = Files.createTempDirectory("slipway-kills");
        try {
            KillAnywhere starts = new KillAnywhere(
                    temp,
                    places -> IntStream.range(0, places)
                            .filter(place -> place % pieces == piece - 1)
                            .boxed()
                            .toList());
            List<Outcome> all = new ArrayList<>(List.of(starts.startsAfterCalls(), starts.startsBeforeSteps()));
            if (piece == 1) {
                // How many they have differs a little each time: in one piece none is left out.
                KillAnywhere rest = new KillAnywhere(
                        Files.createDirectories(temp.resolve("rest")),
                        places -> IntStream.range(0, places).boxed().toList());
                all.add(rest.stops());
                all.add(rest.removals());
            }
            for (Outcome one : all) {
                System.out.println(one.kind() + "\t" + one.places() + "\t" + one.tried() + "\t" + one.killed());
            }
        } finally {
            try (var all = Files.walk(temp)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
