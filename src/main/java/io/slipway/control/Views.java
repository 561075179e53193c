package io.slipway.control;

import io.slipway.analysis.Prices;
import io.slipway.analysis.Verdict;
import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.HostReport;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.StopCondition;
import io.slipway.rollout.RolloutState;
import io.slipway.runbook.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What can be read. Everything shown to people comes from here: stored rows, never a loop's memory. */
public interface Views {
    List<ServiceView> services();

    Optional<ServiceView> service(ServiceName name);

    List<RevisionView> revisions(ServiceName name);

    Optional<RolloutView> rollout(RolloutId id);

    /** Newest first; {@code before} is the id of the last one of the page before. */
    List<RolloutView> rollouts(Optional<ServiceName> service, Optional<RolloutId> before, int limit);

    /** Newest first. */
    List<Decision> decisions(RolloutId id);

    /** Oldest first, from a sequence number on. */
    List<Decision> chain(long fromSequence, int limit);

    /** Both arms in time order, summed over hosts, at a resolution of at least {@code step}. */
    List<SeriesPoint> series(RolloutId id, Instant from, Instant to, Duration step);

    /** The service's series, whatever rollout it belongs to. */
    List<SeriesPoint> series(ServiceName service, Instant from, Instant to, Duration step);

    /** Of the price list: an ISO 4217 code. */
    String currency();

    /** What a rollout was compared by since its comparison began last; empty when it never was compared. */
    Optional<Recording> recording(RolloutId id);

    /** Windows of both arms of it with {@code from <= start < to}, in time order. */
    List<MetricWindow> windows(Recording recording, Instant from, Instant to);

    /** Hosts with replicas of a service, and how their windows come, by name. */
    List<WindowsOfHost> windowSources(ServiceName service);

    List<HostView> hosts();

    List<AllocationView> allocations(Optional<ServiceName> service);

    /** Returns when the rollout's version is above {@code seen}, or {@code wait} has passed. Empty if there is no such rollout. */
    Optional<RolloutView> awaitChange(RolloutId id, long seen, Duration wait) throws InterruptedException;

    /**
     * A service.
     *
     * @param active the rollout that is not over
     * @param latest the last rollout, over or not
     * @param sentence its state in words with figures
     */
    record ServiceView(
            ServiceName name,
            Optional<RevisionId> stable,
            Optional<Reason> held,
            Optional<RolloutView> active,
            Optional<RolloutView> latest,
            String owner,
            String sentence) {}

    /**
     * A revision as stored.
     *
     * @param image as the release named it
     * @param digest what that was when it was first resolved; empty before
     */
    record RevisionView(
            RevisionId id,
            String image,
            Optional<String> digest,
            Instant createdAt,
            String createdBy,
            ReleaseSpec spec) {
        private static final String PIN = "@sha256:";

        /** As hosts are to open it: the same for all replicas, wherever the tag moves. A digest that the release named stays. */
        public String pinnedImage() {
            return image.contains(PIN)
                    ? image
                    : digest.map(found -> image + "@" + found).orElse(image);
        }
    }

    /**
     * A rollout.
     *
     * @param version rises with each decision
     * @param reason why it is in this state
     * @param waitingFor what would move it on; empty when over
     * @param step index into the plan's steps; empty outside of them
     * @param weights share of each revision that the edge was last told
     * @param verdict the last look
     * @param deadlines name to time
     */
    record RolloutView(
            RolloutId id,
            String release,
            RevisionId revision,
            Optional<RevisionId> stable,
            long version,
            RolloutState state,
            Reason reason,
            Optional<String> waitingFor,
            Optional<Integer> step,
            Map<RevisionId, Weight> weights,
            Map<String, Instant> milestones,
            Map<String, Instant> deadlines,
            Optional<Verdict> verdict,
            ReleaseSpec spec,
            String owner,
            Instant createdAt,
            Instant updatedAt) {}

    /** One arm in one interval; costs in the price list's currency; {@code costPerRequest} is NaN where there is nothing to divide by. */
    record SeriesPoint(
            Instant start,
            double seconds,
            Arm arm,
            RevisionId revision,
            long requests,
            long errors,
            LatencyHistogram latency,
            double cost,
            double costPerRequest,
            double cpuSeconds,
            double memoryByteSeconds,
            double egressBytes,
            int replicas) {}

    /**
     * A comparison that can be judged again.
     *
     * @param until the last look
     * @param minRequests requests of each arm without which nothing was called healthy
     */
    record Recording(
            RolloutId rollout,
            RevisionId revision,
            Optional<RevisionId> stable,
            Instant since,
            Instant until,
            List<StopCondition> stopConditions,
            long minRequests,
            Prices prices) {}

    /**
     * What a host tells of a service's requests (by its edge) and of its replicas' cpu time and memory (by their control groups).
     *
     * @param placed since when the host is to have one
     * @param newest window of the last {@link #READ}
     */
    record WindowsOfHost(HostName host, Instant placed, Optional<Newest> newest) {
        /** How far back windows are looked for. */
        public static final Duration READ = Duration.ofHours(3);

        /** What is older than that, and than three windows, is late. */
        private static final Duration LATE = Duration.ofMinutes(1);

        /** A window's end and length. */
        public record Newest(Instant end, double seconds) {}

        public boolean isLate(Instant now) {
            Instant last = newest.map(Newest::end).orElse(placed);
            double lateSeconds =
                    Math.max(LATE.toSeconds(), 3 * newest.map(Newest::seconds).orElse(0.0));
            return last.isBefore(now.minusMillis((long) (lateSeconds * 1000)));
        }

        /** What is wrong with them now, in a few words; empty if nothing is. */
        public String trouble(Instant now) {
            if (!isLate(now)) {
                return "";
            }
            boolean isNew = placed.isAfter(now.minus(READ));
            return newest.isPresent() ? "late" : isNew ? "none since it was placed" : "none for 3 h";
        }
    }

    /** A host and when it was last heard of. */
    record HostView(HostReport report, Instant seenAt, boolean alive) {}

    /**
     * A replica: what was assigned and what its host says of it.
     *
     * @param takesTraffic whether requests are sent to it now
     */
    record AllocationView(
            Allocation allocation, Optional<AllocationStatus> status, boolean wanted, boolean takesTraffic) {}
}
