package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent is killed after each of its system calls, and before each of a child's, of a start, a stop and a removal: whoever returns finds the
 * container whole or not at all, never twice, and nothing of it is left when it is removed. By default a random choice of the places, whose seed is
 * printed; {@code -Dkills=all} takes them all.
 */
class KilledAnywhereTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int CHOSEN = 6;

    @TempDir
    Path temp;

    private Path root;
    private int died;
    private final long seed = Long.getLong("seed", System.nanoTime());

    @BeforeEach
    void prepare() throws Exception {
        root = BusyboxRoot.make(temp.resolve("root"));
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
    }

    @AfterEach
    void it_was_really_killed() {
        System.out.println("killed " + died + " times");
        assertThat(died).isGreaterThanOrEqualTo(CHOSEN / 2);
    }

    @Test
    void a_start_that_is_killed_after_any_call_of_the_agent_leaves_a_whole_container_or_none() throws Exception {
        Scene first = new Scene("count");
        long calls = run(first, DoomedAgent.Operation.START, 0, -1).orElseThrow()[0];
        first.clear();
        for (int call : choice((int) calls)) {
            started(new Scene("call" + call), call + 1, -1);
        }
    }

    @Test
    void a_start_that_is_killed_before_any_call_of_the_child_leaves_a_whole_container_or_none() throws Exception {
        Scene first = new Scene("count");
        long steps = run(first, DoomedAgent.Operation.START, 0, -1).orElseThrow()[1];
        first.clear();
        for (int step : choice((int) steps)) {
            started(new Scene("step" + step), 0, step);
        }
    }

    @Test
    void a_stop_that_is_killed_after_any_call_can_be_done_again() throws Exception {
        Scene first = new Scene("count");
        run(first, DoomedAgent.Operation.START, 0, -1);
        long calls = run(first, DoomedAgent.Operation.STOP, 0, -1).orElseThrow()[0];
        first.clear();
        for (int call : choice((int) calls)) {
            Scene scene = new Scene("call" + call);
            run(scene, DoomedAgent.Operation.START, 0, -1);
            run(scene, DoomedAgent.Operation.STOP, call + 1, -1);
            try (Sandboxes returned = scene.open()) {
                returned.adopt();
                Sandbox c1 = returned.find("c1").orElseThrow();
                Exit exit = c1.stop("SIGTERM", LONG);
                assertThat(exit.text()).as(scene.name).isEqualTo("killed by SIGTERM");
                returned.remove(c1);
            }
            scene.clear();
        }
    }

    @Test
    void a_removal_that_is_killed_after_any_call_is_finished_by_who_returns() throws Exception {
        Scene first = new Scene("count");
        run(first, DoomedAgent.Operation.START, 0, -1);
        long calls = run(first, DoomedAgent.Operation.REMOVE, 0, -1).orElseThrow()[0];
        first.clear();
        for (int call : choice((int) calls)) {
            Scene scene = new Scene("call" + call);
            run(scene, DoomedAgent.Operation.START, 0, -1);
            run(scene, DoomedAgent.Operation.REMOVE, call + 1, -1);
            try (Sandboxes returned = scene.open()) {
                returned.adopt();
                for (Sandbox left : returned.list()) {
                    returned.remove(left);
                }
            }
            scene.clear();
        }
    }

    private void started(Scene scene, long call, int step) throws Exception {
        run(scene, DoomedAgent.Operation.START, call, step);
        try (Sandboxes returned = scene.open()) {
            returned.adopt();
            Optional<Sandbox> found = returned.find("c1");
            if (found.isEmpty()) {
                assertThat(scene.runs())
                        .as(scene.name + ": not there, so it never ran")
                        .isZero();
                assertThat(scene.processes(returned)).as(scene.name).isEmpty();
                assertThat(returned.start(DoomedAgent.spec(root, scene.volume)).state())
                        .isEqualTo(Sandbox.State.RUNNING);
                found = returned.find("c1");
            }
            Sandbox c1 = found.orElseThrow();
            assertThat(scene.processes(returned)).as(scene.name).hasSizeLessThanOrEqualTo(2);
            c1.kill();
            assertThat(scene.runs()).as(scene.name).isLessThanOrEqualTo(1);
            returned.remove(c1);
        }
        scene.clear();
    }

    private List<Integer> choice(int places) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < places; i++) {
            all.add(i);
        }
        if (!"all".equals(System.getProperty("kills"))) {
            Collections.shuffle(all, new Random(seed));
            all = all.subList(0, Math.min(CHOSEN, places));
        }
        System.out.println(all.size() + " of " + places + " places: " + all);
        return all;
    }

    /** Its counts of calls and steps; empty when it died on the way, as it was to. */
    private Optional<long[]> run(Scene scene, DoomedAgent.Operation operation, long call, int step) throws Exception {
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dslipway.failpoints=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedAgent.class.getName(),
                        scene.state.toString(),
                        root.toString(),
                        scene.volume.toString(),
                        operation.name(),
                        Long.toString(call),
                        Integer.toString(step))
                .redirectErrorStream(true)
                .start();
        String said = new String(agent.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String last = said.strip().lines().reduce("", (a, b) -> b);
        assertThat(agent.exitValue()).as(scene.name + ": " + said).isIn(0, 137);
        died += agent.exitValue() == 0 ? 0 : 1;
        return agent.exitValue() == 0
                ? Optional.of(java.util.Arrays.stream(last.split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray())
                : Optional.empty();
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
            Files.setAttribute(volume, "unix:uid", IdRange.DEFAULT.first());
        }

        Sandboxes open() throws IOException {
            return Sandboxes.open(state, "test", Optional.empty());
        }

        int runs() throws IOException {
            Path runs = volume.resolve("runs");
            return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
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
            assertThat(before.since(cgroups)).as(name).isEmpty();
            assertThat(before.since(temp.resolve(name).toString())).as(name).isEmpty();
            try (var left = Files.list(state)) {
                assertThat(left.map(p -> p.getFileName().toString())).as(name).doesNotContain("c1");
            }
        }
    }
}
