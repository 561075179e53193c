package io.slipway.control;

import static io.slipway.control.WholeReleaseTest.ALICE;
import static io.slipway.store.Samples.SHOP;

import io.slipway.base.MetricWindow;
import io.slipway.base.RolloutId;
import io.slipway.release.Check;
import io.slipway.rollout.RolloutState;
import io.slipway.store.Samples;
import io.slipway.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One watch whose controller is a process of its own, killed again and again at moments of chance: while it looks, decides, writes, or starts and reads
 * what was before. Windows of two hosts come at fixed database times, some late, some twice; another controller, which does not lead, stores them.
 */
final class KilledWatch implements AutoCloseable {
    private static final Duration STEP = Duration.ofSeconds(10);
    /** So that somebody leads when the watch ends: a lease, and a start. */
    private static final int QUIET_STEPS_AT_END = 6;
    /** A turn takes about as long. */
    private static final long TURN_NANOS = 40_000_000;

    /**
     * Decisions that hold the words of a look, and change no state: whoever was dead at that look makes it at the next one, which must say what the
     * undisturbed one said then, as every verdict must; what is found but for one look in between it never says.
     */
    private static final String WITHIN_WATCH = "(from_state = 'watching' and to_state = 'watching')";

    /** Whoever leads sums up in its own time; by then it has. */
    private static final String SUMMED_UP =
            " where start < (select max(start) from metric_window) - interval '10 minutes'";

    private static final long START_NANOS = 1_500_000_000;

    private final FakeHosts hosts = new FakeHosts(5, "h1", "h2");
    private final TestDatabase database = TestDatabase.fresh();
    private final Yard yard;
    private final SplittableRandom moments;
    private final Duration length;
    private @Nullable Process controller;
    private final Set<String> deadlines = new TreeSet<>();
    private int killed;

    /**
     * What came of it. {@code verdicts}: as stored, by the time of the look. {@code rows}: windows and their sums, decisions, state and deadline at the
     * end.
     */
    record Outcome(Map<Instant, String> verdicts, Map<String, String> rows, int kills, int starts) {}

    KilledWatch(Duration length, long seed) {
        this.length = length;
        this.moments = new SplittableRandom(seed);
        database.stopClockAt(Samples.NOON);
        this.yard = new Yard(hosts, database, STEP, "first");
    }

    /** {@code tape}: the windows of each report, in order; written when it is empty, else read. */
    Outcome run(int kills, List<List<MetricWindow>> tape) throws IOException, Refused {
        RolloutId id = begin();
        feed(tape);
        Map<Instant, String> verdicts = new TreeMap<>();
        int steps = (int) length.dividedBy(STEP);
        Set<Integer> at = chosen(kills, steps - QUIET_STEPS_AT_END);
        int starts = 0;
        for (int step = 1; step <= steps + 1; step++) {
            database.moveClock(STEP);
            hosts.tick(database.now()).forEach(yard.controller.inbox::accept);
            if (controller == null) {
                controller = start();
                starts++;
            }
            if (at.contains(step)) {
                kill();
            } else {
                turn();
            }
            yard.controller.fleet.hosts().forEach(h -> h.told().ifPresent(t -> hosts.send(t.run(), t.routes())));
            verdict(id, verdicts);
        }
        return new Outcome(verdicts, rows(id), killed, starts);
    }

    private RolloutId begin() throws Refused {
        RolloutId first = yard.controller
                .desk
                .submit(Samples.spec(3, List.of(Check.IMAGE)), ALICE)
                .rollout();
        yard.until(first, "settled", 400);
        RolloutId id = yard.controller
                .desk
                .submit(Samples.watched(SHOP.value(), length), ALICE)
                .rollout();
        yard.until(id, "watching", 900);
        yard.controller.leader.release();
        return id;
    }

    private void feed(List<List<MetricWindow>> tape) {
        if (tape.isEmpty()) {
            Lateness lateness = new Lateness();
            hosts.metrics(windows -> {
                tape.add(lateness.of(windows.stream().map(KilledWatch::ofStep).toList()));
                return tape.getLast();
            });
        } else {
            var next = tape.iterator();
            hosts.metrics(windows -> next.next());
        }
    }

    /** A host's window as one of a whole step. */
    private static MetricWindow ofStep(MetricWindow w) {
        return new MetricWindow(
                w.revision(),
                w.arm(),
                w.host(),
                w.start().plusSeconds(1).minus(STEP),
                STEP.toSeconds(),
                w.requests(),
                w.errors(),
                w.latency(),
                w.cpuSeconds(),
                w.memoryByteSeconds(),
                w.replicas(),
                false,
                w.egressBytes(),
                w.crashes());
    }

    private Set<Integer> chosen(int kills, int steps) {
        Set<Integer> at = new TreeSet<>();
        while (at.size() < kills) {
            at.add(1 + moments.nextInt(steps));
        }
        return at;
    }

    /** In every third case soon after its start, else in the middle of a turn. */
    private void kill() throws IOException {
        Process doomed = controller;
        if (doomed == null) {
            throw new AssertionError("nobody is there to be killed");
        }
        if (killed % 3 == 2) {
            turn();
            doomed.destroyForcibly().onExit().join();
            doomed = start();
            ask(doomed);
            LockSupport.parkNanos(moments.nextLong(START_NANOS));
        } else {
            ask(doomed);
            LockSupport.parkNanos(moments.nextLong(TURN_NANOS));
        }
        doomed.destroyForcibly().onExit().join();
        controller = null;
        killed++;
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WatchProcess.class.getName(),
                        database.url(),
                        database.user(),
                        database.password(),
                        Long.toString(STEP.toSeconds()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void ask(Process process) throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    private void turn() throws IOException {
        Process asked = controller;
        if (asked == null) {
            throw new AssertionError("nobody is there to take a turn");
        }
        ask(asked);
        BufferedReader said = asked.inputReader(StandardCharsets.UTF_8);
        List<String> log = new ArrayList<>();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(WatchProcess.TURNED)) {
                return;
            }
            log.add(line);
        }
        throw new AssertionError("the controller ended by itself: " + String.join("\n", log));
    }

    private void verdict(RolloutId id, Map<Instant, String> verdicts) {
        if (yard.view(id).state() instanceof RolloutState.Watching watching) {
            deadlines.add(watching.deadline().toString());
        }
        yard.view(id)
                .verdict()
                .ifPresent(v -> verdicts.put(
                        v.at(), text("select verdict::text from rollout where id = '" + id.value() + "'")));
    }

    private Map<String, String> rows(RolloutId id) {
        Map<String, String> rows = new TreeMap<>();
        String of = " where rollout = '" + id.value() + "'";
        rows.put("state", text("select label from rollout where id = '" + id.value() + "'"));
        rows.put("deadline", deadlines.toString());
        rows.put(
                "decisions",
                text(
                        "select string_agg(concat_ws(' ', kind, from_state, to_state, reason_code, reason_text, at, evidence), E'\\n' order by sequence) from decision"
                                + of + " and not " + WITHIN_WATCH));
        for (String table : List.of("metric_window", "metric_minute", "metric_five_minutes")) {
            rows.put(
                    table,
                    text("select count(*) || ' ' || md5(string_agg(t::text, ',' order by t::text)) from " + table + " t"
                            + (table.equals("metric_window") ? "" : SUMMED_UP)));
        }
        return rows;
    }

    private String text(String sql) {
        return String.valueOf(database.jdbc()
                .sql(sql)
                .query((row, n) -> String.valueOf(row.getString(1)))
                .single());
    }

    /** Arguments: minutes, kills, seed. Prints a line of the table; fails when anything differs. */
    public static void main(String[] args) throws IOException, Refused {
        Duration length = Duration.ofMinutes(Long.parseLong(args[0]));
        long seed = Long.parseLong(args[2]);
        List<List<MetricWindow>> tape = new ArrayList<>();
        Outcome calm;
        Outcome killed;
        try (KilledWatch watch = new KilledWatch(length, seed)) {
            calm = watch.run(0, tape);
        }
        try (KilledWatch watch = new KilledWatch(length, seed)) {
            killed = watch.run(Integer.parseInt(args[1]), tape);
        }
        long verdicts = killed.verdicts().entrySet().stream()
                .filter(e -> !e.getValue().equals(calm.verdicts().get(e.getKey())))
                .count();
        List<String> rows = killed.rows().entrySet().stream()
                .filter(e -> !e.getValue().equals(calm.rows().get(e.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        System.out.println(String.join(
                " | ",
                "| " + seed,
                args[0],
                "" + killed.kills(),
                String.valueOf(killed.rows().get("metric_window")).split(" ")[0],
                "" + Lateness.late(tape),
                "" + calm.verdicts().size(),
                "" + killed.verdicts().size(),
                "" + verdicts,
                rows.size() + String.join(", ", rows).transform(names -> names.isEmpty() ? "" : ": " + names),
                killed.rows().get("state") + " |"));
        System.exit(verdicts == 0 && rows.isEmpty() ? 0 : 1);
    }

    @Override
    public void close() {
        Process last = controller;
        if (last != null) {
            last.destroyForcibly().onExit().join();
        }
    }
}
