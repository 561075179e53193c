package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.linux.Signal;
import io.slipway.sandbox.oci.DoomedRuntime.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Commands of the runtime are killed after one of their system calls, and before one of the child's program, at places by chance whose seed is printed:
 * what comes next finds a container or none, runs it once at most, and {@code delete --force} takes all of it away.
 */
class OciKilledTest extends ContainerRun {
    private static final int CHOSEN = Integer.getInteger("kills", 5);

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private Leftovers before = Leftovers.now();

    @BeforeEach
    void prepare() throws IOException {
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + "; more places with -Dkills=N)");
        before = Leftovers.now();
        bundle.set("process.args", List.of("/bin/sh", "-c", "echo ran >>/runs; exec sleep 1000"));
        bundle.write();
    }

    /** Counts of calls and steps; empty when it died on the way. */
    private Optional<long[]> command(Operation operation, long call, int step) throws Exception {
        Path said = directory.resolve("said");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dslipway.failpoints=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedRuntime.class.getName(),
                        directory.resolve("state").toString(),
                        bundle.directory().toString(),
                        bundle.id(),
                        operation.name(),
                        Long.toString(call),
                        Integer.toString(step))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        String last = Files.readString(said).strip().lines().reduce("", (a, b) -> b);
        assertThat(process.exitValue()).as(Files.readString(said)).isIn(0, 137);
        return process.exitValue() == 137
                ? Optional.empty()
                : Optional.of(Arrays.stream(last.split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray());
    }

    private void undisturbed(Operation operation) throws Exception {
        assertThat(command(operation, 0, -1)).isPresent();
    }

    private List<Integer> places(long count) {
        List<Integer> all = new ArrayList<>(
                IntStream.range(0, Math.toIntExact(count)).boxed().toList());
        Collections.shuffle(all, random);
        return all.subList(0, Math.min(CHOSEN, all.size()));
    }

    private int runs() throws IOException {
        Path runs = bundle.rootfs().resolve("runs");
        return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
    }

    private void awaitRun() {
        await(() -> {
            try {
                return runs() == 1;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private boolean exists() throws IOException {
        return Files.isDirectory(directory.resolve("state").resolve(bundle.id()));
    }

    /** As it tells itself to be deleted. */
    private void clear() throws IOException {
        if (exists()) {
            assertThat(runtime.list()).extracting(OciContainer::id).containsExactly(bundle.id());
            runtime.delete(bundle.id(), !status().equals("stopped"));
        }
        assertThat(runtime.list()).isEmpty();
        assertThat(warnings).isEmpty();
        try (var left = Files.list(directory.resolve("state"))) {
            assertThat(left).extracting(p -> p.getFileName().toString()).isSubsetOf(".groups");
        }
        assertThat(exists()).isFalse();
        assertThat(before.since(bundle.id())).isEmpty();
        Files.deleteIfExists(bundle.rootfs().resolve("runs"));
    }

    private void fresh() throws IOException {
        runtime = new OciRuntime(directory.resolve("state"), Clock.systemUTC(), warnings::add);
        assertThat(runtime.list()).hasSizeLessThanOrEqualTo(1);
    }

    private int created(int place, long call, int step) throws Exception {
        int died = command(Operation.CREATE, call, step).isEmpty() ? 1 : 0;
        fresh();
        assertThat(runs()).as("place %d: it was never started", place).isZero();
        clear();
        runtime.create(bundle.id(), bundle.options());
        runtime.start(bundle.id());
        awaitRun();
        clear();
        return died;
    }

    @Test
    void a_create_that_is_killed_after_any_call_is_taken_away_whole_and_can_be_made_again() throws Exception {
        long[] counts = command(Operation.CREATE, 0, -1).orElseThrow();
        clear();
        int died = 0;
        for (int place : places(counts[0])) {
            died += created(place, place + 1, -1);
        }
        assertThat(died).isEqualTo(Math.min(CHOSEN, (int) counts[0]));
    }

    @Test
    void a_create_that_is_killed_before_any_call_of_the_child_is_taken_away_whole() throws Exception {
        long[] counts = command(Operation.CREATE, 0, -1).orElseThrow();
        clear();
        int died = 0;
        for (int place : places(counts[1])) {
            died += created(place, 0, place);
        }
        assertThat(died).isPositive();
    }

    @Test
    void a_start_that_is_killed_after_any_call_runs_it_once_or_can_be_done_again() throws Exception {
        undisturbed(Operation.CREATE);
        long[] counts = command(Operation.START, 0, -1).orElseThrow();
        awaitRun();
        clear();
        for (int place : places(counts[0])) {
            undisturbed(Operation.CREATE);
            assertThat(command(Operation.START, place + 1, -1)).isEmpty();
            fresh();
            if (status().equals("created")) {
                runtime.start(bundle.id());
            }
            awaitRun();
            assertThat(status()).isEqualTo("running");
            clear();
        }
    }

    @Test
    void a_kill_and_a_delete_that_are_killed_after_any_call_can_be_done_again() throws Exception {
        long kills = each(Operation.KILL, 0);
        long deletes = each(Operation.DELETE, 0);
        for (int place : places(kills)) {
            each(Operation.KILL, place + 1);
        }
        for (int place : places(deletes)) {
            each(Operation.DELETE, place + 1);
        }
    }

    /** Returns its calls where it is not killed. */
    private long each(Operation operation, long call) throws Exception {
        undisturbed(Operation.CREATE);
        undisturbed(Operation.START);
        awaitRun();
        Optional<long[]> counts = command(operation, call, -1);
        assertThat(counts.isEmpty()).isEqualTo(call > 0);
        fresh();
        if (operation == Operation.KILL) {
            if (status().equals("running")) {
                runtime.kill(bundle.id(), Signal.SIGKILL, true);
            }
            await(() -> {
                try {
                    return status().equals("stopped");
                } catch (IOException e) {
                    return false;
                }
            });
        }
        clear();
        return counts.map(c -> c[0]).orElse(0L);
    }
}
