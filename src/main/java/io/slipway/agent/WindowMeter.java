package io.slipway.agent;

import io.slipway.agent.Containers.Container;
import io.slipway.agent.Containers.Usage;
import io.slipway.agent.MeterState.Ended;
import io.slipway.agent.MeterState.Reading;
import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.fleet.FleetCodec;
import io.slipway.routing.EdgeCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Cuts time into windows per revision and arm, from the edge's cumulative counts and the containers' accounting. Counting goes on while this agent
 * is away: the first window after its return covers the gap, so nothing is lost and nothing counted twice.
 */
final class WindowMeter {
    /** About three hours of four arms at 10 s; older ones are given up first. */
    private static final int PENDING_MAX = 4_320;

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Logger LOG = Logger.getLogger(WindowMeter.class.getName());

    private final AgentOptions options;
    private final Edge edge;
    private final Supplier<List<Replica>> replicas;
    private final Clock clock;
    private final Path file;
    private @Nullable MeterState state;
    private String trouble = "";

    /** A replica that is there to be measured. */
    record Replica(Container container, RevisionId revision, Arm arm, boolean ready) {}

    WindowMeter(AgentOptions options, Edge edge, Supplier<List<Replica>> replicas, Clock clock) throws IOException {
        this.options = options;
        this.edge = edge;
        this.replicas = replicas;
        this.clock = clock;
        this.file = options.state().resolve("meter.json");
        this.state = Files.exists(file) ? FleetCodec.read(Files.readAllBytes(file), MeterState.class) : null;
    }

    /** Begins to count, unless an agent has before. */
    synchronized void begin() throws InterruptedException {
        if (state == null) {
            cut();
        }
    }

    /**
     * Ends the current window. When edge or accounting cannot be read there is none, and the next covers this time too. True when there are new
     * windows.
     */
    synchronized boolean cut() throws InterruptedException {
        try {
            EdgeCounts counts = edge.counts();
            List<Replica> present = replicas.get();
            List<Reading> readings = new ArrayList<>();
            for (Replica replica : present) {
                readings.add(Reading.of(replica.container.id(), replica.container.usage()));
            }
            return cut(counts, present, readings);
        } catch (IOException e) {
            tell(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /**
     * Keeps what an ended container used, before its accounting is removed.
     *
     * @param crash empty if it was asked to end
     */
    synchronized void retire(Container container, RevisionId revision, Arm arm, Optional<Crashes> crash) {
        MeterState known = state;
        if (known == null) {
            return;
        }
        try {
            save(retired(known, container, revision, arm, crash));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the last usage of container {0} is lost: {1}", new Object[] {container.id(), e});
        }
    }

    private static MeterState retired(
            MeterState known, Container container, RevisionId revision, Arm arm, Optional<Crashes> crash) {
        List<Ended> ended = new ArrayList<>(known.ended());
        List<Reading> readings = new ArrayList<>(known.cpu());
        try {
            Usage used = container.usage();
            Reading last = Reading.of(container.id(), used);
            ended.add(new Ended(revision, arm, known.cpuSecondsSince(last), known.egressBytesSince(last), crash));
            readings.removeIf(r -> r.container().equals(container.id()));
            // It may be there once more at the next reading, and must not count again.
            readings.add(new Reading(container.id(), used.cpuSeconds(), 0, used.egressBytes()));
        } catch (IOException e) {
            // That it crashed is known all the same.
            LOG.log(Level.WARNING, "the last usage of container {0} is lost: {1}", new Object[] {container.id(), e});
            ended.add(new Ended(revision, arm, 0, Optional.empty(), crash));
        }
        return new MeterState(known.cutAt(), known.edge(), readings, ended, known.pending());
    }

    /** The oldest windows that were not acknowledged. */
    synchronized List<MetricWindow> pending(int atMost) {
        MeterState known = state;
        return known == null
                ? List.of()
                : List.copyOf(known.pending()
                        .subList(0, Math.min(atMost, known.pending().size())));
    }

    /** Forgets windows that the controller has stored. Saved with the next window: sent twice they count once. */
    synchronized void acknowledge(List<MetricWindow> stored) {
        MeterState known = state;
        if (known != null && !stored.isEmpty()) {
            List<MetricWindow> left = new ArrayList<>(known.pending());
            left.removeAll(new HashSet<>(stored));
            state = new MeterState(known.cutAt(), known.edge(), known.cpu(), known.ended(), left);
        }
    }

    private boolean cut(EdgeCounts counts, List<Replica> present, List<Reading> readings) throws IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        MeterState last = state;
        if (last == null) {
            save(new MeterState(now, counts, readings, List.of(), List.of()));
            return false;
        }
        if (now.isBefore(last.cutAt())) {
            // The clock was set back. Windows are keyed by their start, which must not repeat.
            now = last.cutAt();
        }
        if (Duration.between(last.cutAt(), now).compareTo(SHORTEST) < 0) {
            return false;
        }
        List<MetricWindow> windows = new WindowCut(options, last, counts, present, readings, now).windows();
        List<MetricWindow> pending = new ArrayList<>(last.pending());
        pending.addAll(windows);
        int surplus = Math.max(0, pending.size() - PENDING_MAX);
        if (surplus > 0) {
            tell(surplus + " metric windows are given up: the controller has not taken any for too long");
        } else {
            trouble = "";
        }
        save(new MeterState(now, counts, readings, List.of(), pending.subList(surplus, pending.size())));
        return !windows.isEmpty();
    }

    private void save(MeterState next) throws IOException {
        Directories.write(file, FleetCodec.write(next));
        state = next;
    }

    private void tell(String what) {
        if (!what.equals(trouble)) {
            trouble = what;
            LOG.log(Level.WARNING, "metric window: {0}; the next one covers this time too", what);
        }
    }

    /** What was counted for an arm before; zero after the edge began anew. */
    static Optional<EdgeCounts.ArmCounts> before(MeterState last, EdgeCounts now, RevisionId revision, Arm arm) {
        if (!last.edge().instance().equals(now.instance())) {
            return Optional.empty();
        }
        return last.edge().arms().stream()
                .filter(a -> a.revision().equals(revision) && a.arm() == arm)
                .findFirst();
    }
}
