package io.slipway.store;

import io.slipway.analysis.Prices;
import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.MetricWindow;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.FleetStore;
import io.slipway.control.FleetStore.Placed;
import io.slipway.control.FleetStore.Stage;
import io.slipway.control.JudgeLoop;
import io.slipway.control.Rollout;
import io.slipway.control.ServiceStore.Service;
import io.slipway.control.Views;
import io.slipway.control.WindowStore;
import io.slipway.placement.AllocationStatus;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutState;
import io.slipway.rollout.Target;
import io.slipway.runbook.Decision;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What can be read, straight from the rows. */
public final class StoredViews implements Views {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int ALLOCATIONS_MAX = 10_000;
    private static final String ROLLOUTS = "select r.*, t.arms from rollout r left join target t on t.rollout = r.id ";
    private final JdbcClient jdbc;
    private final FleetStore fleet;
    private final WindowStore windows;
    private final Prices prices;
    private final SilentHosts silent;
    private final FrozenComparisons frozen;

    public StoredViews(JdbcClient jdbc, FleetStore fleet, WindowStore windows, Prices prices) {
        this.jdbc = jdbc;
        this.fleet = fleet;
        this.windows = windows;
        this.prices = prices;
        this.silent = new SilentHosts(jdbc);
        this.frozen = new FrozenComparisons(jdbc, FrozenComparisons.WINDOWS_MAX);
    }

    @Override
    public List<ServiceView> services() {
        return jdbc.sql("select * from service order by name").query(StoredServices::service).list().stream()
                .map(this::serviceView)
                .toList();
    }

    @Override
    public Optional<ServiceView> service(ServiceName name) {
        return jdbc.sql("select * from service where name = :name")
                .param("name", name.value())
                .query(StoredServices::service)
                .optional()
                .map(this::serviceView);
    }

    private ServiceView serviceView(Service service) {
        Optional<RolloutView> latest = rollouts(Optional.of(service.name()), Optional.empty(), 1).stream()
                .findFirst();
        Optional<RolloutView> active = latest.filter(r -> !r.state().isOver());
        return new ServiceView(
                service.name(),
                service.stable(),
                service.held(),
                active,
                latest,
                service.owner(),
                Sentences.of(service, active.or(() -> latest)));
    }

    private static boolean isActive(RolloutView r) {
        return !(r.state() instanceof RolloutState.Ended ended) || ended.ending() == Ending.UNPROVEN;
    }

    @Override
    public List<RevisionView> revisions(ServiceName name) {
        return jdbc.sql("select * from revision where service = :service order by number desc")
                .param("service", name.value())
                .query(StoredServices::revisionRow)
                .list();
    }

    @Override
    public Optional<RolloutView> rollout(RolloutId id) {
        return jdbc.sql(ROLLOUTS + "where r.id = :id")
                .param("id", id.value())
                .query((row, number) -> view(RolloutRows.rollout(row, number), Columns.optionalText(row, "arms")))
                .optional();
    }

    @Override
    public List<RolloutView> rollouts(Optional<ServiceName> service, Optional<RolloutId> before, int limit) {
        return jdbc.sql(ROLLOUTS + "where (cast(:service as text) is null or r.service = :service)"
                        + " and (cast(:before as text) is null or (r.created_at, r.id) <"
                        + " (select created_at, id from rollout where id = :before))"
                        + " order by r.created_at desc, r.id desc limit :limit")
                .param("service", service.map(ServiceName::value).orElse(null))
                .param("before", before.map(RolloutId::value).orElse(null))
                .param("limit", limit)
                .query((row, number) -> view(RolloutRows.rollout(row, number), Columns.optionalText(row, "arms")))
                .list();
    }

    private RolloutView view(Rollout r, Optional<String> arms) {
        return RolloutViews.of(
                r,
                arms.map(json -> Json.read(json, Target.class)),
                RolloutViews.waitsForHosts(r.state()) ? silent.sentence(r.service()) : Optional.empty());
    }

    @Override
    public List<Decision> decisions(RolloutId id) {
        return jdbc.sql("select * from decision where rollout = :id order by sequence desc")
                .param("id", id.value())
                .query(DecisionRows::decision)
                .list();
    }

    @Override
    public List<Decision> chain(long fromSequence, int limit) {
        return jdbc.sql("select * from decision where sequence >= :from order by sequence limit :limit")
                .param("from", fromSequence)
                .param("limit", limit)
                .query(DecisionRows::decision)
                .list();
    }

    @Override
    public List<SeriesPoint> series(RolloutId id, Instant from, Instant to, Duration step) {
        return rollout(id)
                .map(r -> Series.of(
                        windows.of(r.revision().service(), from, to, step).stream()
                                .filter(w -> w.revision().equals(r.revision())
                                        || r.stable()
                                                .filter(w.revision()::equals)
                                                .isPresent())
                                .toList(),
                        step,
                        prices))
                .orElse(List.of());
    }

    @Override
    public List<SeriesPoint> series(ServiceName service, Instant from, Instant to, Duration step) {
        return Series.of(windows.of(service, from, to, step), step, prices);
    }

    @Override
    public String currency() {
        return prices.currency();
    }

    @Override
    public Optional<Recording> recording(RolloutId id) {
        return jdbc.sql("select * from rollout where id = :id and compared_since is not null and looked_at is not null")
                .param("id", id.value())
                .query(RolloutRows::rollout)
                .optional()
                .map(r -> new Recording(
                        id,
                        r.revision(),
                        r.stable(),
                        r.comparedSince().orElseThrow(),
                        r.lookedAt().orElseThrow(),
                        r.spec().release().stopConditions(),
                        JudgeLoop.minRequests(r.state(), r.spec()),
                        frozen.prices(id).orElse(prices)));
    }

    @Override
    public List<MetricWindow> windows(Recording recording, Instant from, Instant to) {
        if (frozen.isWhole(recording.rollout())) {
            return frozen.windows(recording.rollout(), from, to);
        }
        return windows.of(recording.revision().service(), from, to).stream()
                .filter(w -> switch (w.arm()) {
                    case CANDIDATE -> w.revision().equals(recording.revision());
                    case CONTROL ->
                        recording.stable().filter(w.revision()::equals).isPresent();
                    case STABLE -> false;
                })
                .toList();
    }

    @Override
    public List<WindowsOfHost> windowSources(ServiceName service) {
        return jdbc.sql(
                        // By the primary key, whatever a day holds.
                        "with a as (select host, revision, min(created_at) as placed from allocation"
                                + " where service = :service and stage = 'wanted' group by host, revision)"
                                + " select distinct on (a.host) a.host, min(a.placed) over (partition by a.host) as placed,"
                                + " n.start + make_interval(secs => n.seconds) as at, n.seconds from a"
                                + " cross join unnest(cast(:arms as text[])) as x (arm)"
                                + " left join lateral (select start, seconds from metric_window m where m.service = :service"
                                + " and m.revision = a.revision and m.arm = x.arm and m.host = a.host"
                                + " and m.start > (select slipway_now()) - make_interval(secs => :read) order by m.start desc limit 1) n on true"
                                + " order by a.host, at desc nulls last")
                .param("service", service.value())
                .param("read", (double) WindowsOfHost.READ.toSeconds())
                .param("arms", Arrays.stream(Arm.values()).map(Arm::name).toArray(String[]::new))
                .query((row, n) -> {
                    double seconds = row.getDouble("seconds");
                    return new WindowsOfHost(
                            new HostName(row.getString("host")),
                            Columns.instant(row, "placed"),
                            Columns.optionalInstant(row, "at").map(at -> new WindowsOfHost.Newest(at, seconds)));
                })
                .list();
    }

    @Override
    public List<HostView> hosts() {
        Instant now = jdbc.sql("select slipway_now()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
        return fleet.hosts().stream()
                .map(h -> new HostView(h.report(), h.seenAt(), h.aliveAt(now)))
                .toList();
    }

    @Override
    public List<AllocationView> allocations(Optional<ServiceName> service) {
        Map<ServiceName, Target> targets =
                fleet.aims().stream().collect(Collectors.toMap(FleetStore.Aim::service, FleetStore.Aim::target));
        return jdbc
                .sql(StoredFleet.PLACED + " where (cast(:service as text) is null or a.service = :service)"
                        + " order by a.stage = 'gone', a.created_at desc, a.id limit :limit")
                .param("service", service.map(ServiceName::value).orElse(null))
                .param("limit", ALLOCATIONS_MAX)
                .query(StoredFleet::placed)
                .list()
                .stream()
                .map(placed -> allocation(
                        placed,
                        Optional.ofNullable(
                                targets.get(placed.allocation().revision().service()))))
                .toList();
    }

    private static AllocationView allocation(Placed placed, Optional<Target> target) {
        Optional<AllocationStatus> status =
                placed.stage() == Stage.GONE ? placed.status().map(StoredViews::ended) : placed.status();
        return new AllocationView(
                placed.allocation(),
                status,
                placed.stage() == Stage.WANTED,
                placed.stage() == Stage.WANTED
                        && placed.ready()
                        && placed.allocation().routed()
                        && target.flatMap(t -> t.arm(placed.allocation().arm()))
                                .filter(arm -> arm.weight().basisPoints() > 0)
                                .isPresent());
    }

    /** A host says nothing more of a replica that it has taken away; what it said last would be shown for ever. */
    private static AllocationStatus ended(AllocationStatus last) {
        return last.state() == AllocationStatus.State.FAILED
                ? last
                : new AllocationStatus(
                        last.id(),
                        AllocationStatus.State.ENDED,
                        Optional.empty(),
                        Optional.empty(),
                        last.startedAt(),
                        last.restarts(),
                        last.exitCode(),
                        last.reason(),
                        Optional.empty());
    }

    @Override
    public Optional<RolloutView> awaitChange(RolloutId id, long seen, Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        Optional<RolloutView> found = rollout(id);
        while (found.filter(r -> r.version() <= seen).isPresent() && System.nanoTime() < deadline) {
            Thread.sleep(POLL);
            found = version(id).filter(v -> v > seen).isPresent() ? rollout(id) : found;
        }
        return found;
    }

    private Optional<Long> version(RolloutId id) {
        return jdbc.sql("select version from rollout where id = :id")
                .param("id", id.value())
                .query(Long.class)
                .optional();
    }
}
