package io.slipway.store;

import io.slipway.base.AllocationId;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.FleetStore;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.HostAssignment;
import io.slipway.placement.HostReport;
import io.slipway.rollout.Target;
import io.slipway.routing.RouteTable;
import io.slipway.routing.RouteTable.ServiceRoute;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Targets, hosts and allocations in Postgres. */
public final class StoredFleet implements FleetStore {
    static final String PLACED =
            "select a.*, s.body as status, coalesce(s.at, a.created_at) as status_at from allocation a"
                    + " left join allocation_status s on s.allocation = a.id";
    private final JdbcClient jdbc;

    public StoredFleet(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public void aim(ServiceName service, RolloutId rollout, Target target, Instant at) {
        jdbc.sql("insert into target as t (service, rollout, arms, version, at) values (:service, :rollout,"
                        + " cast(:arms as jsonb), 1, :at) on conflict (service) do update set rollout ="
                        + " excluded.rollout, arms = excluded.arms, version = t.version + 1, at = excluded.at")
                .param("service", service.value())
                .param("rollout", rollout.value())
                .param("arms", Json.write(target))
                .param("at", Columns.time(at))
                .update();
    }

    @Override
    public List<Aim> aims() {
        return jdbc.sql("select * from target order by service")
                .query((row, number) -> new Aim(
                        new ServiceName(row.getString("service")),
                        new RolloutId(row.getString("rollout")),
                        Json.read(row.getString("arms"), Target.class),
                        row.getLong("version")))
                .list();
    }

    @Override
    public void report(HostReport report, Instant seenAt) {
        HostReport kept = new HostReport(
                report.host(),
                report.bootId(),
                report.at(),
                report.seen(),
                report.applied(),
                report.cpus(),
                report.memoryBytes(),
                report.memoryFreeBytes(),
                report.diskFreeBytes(),
                report.architecture(),
                report.allocations(),
                report.images(),
                List.of());
        forgetIfRebooted(report);
        jdbc.sql("insert into host (name, boot_id, report, seen_at, applied)"
                        + " values (:name, :boot, cast(:report as jsonb), :at, :applied) on conflict (name) do update"
                        + " set boot_id = excluded.boot_id, report = excluded.report, seen_at = excluded.seen_at,"
                        + " applied = excluded.applied")
                .param("name", report.host().value())
                .param("boot", report.bootId())
                .param("report", Json.write(kept))
                .param("at", Columns.time(seenAt))
                .param("applied", report.applied().value())
                .update();
        report.allocations().forEach(status -> status(report.host(), status, seenAt));
    }

    private void forgetIfRebooted(HostReport report) {
        jdbc.sql("delete from allocation_status s using allocation a, host h where a.id = s.allocation and"
                        + " a.host = h.name and h.name = :name and h.boot_id <> :boot")
                .param("name", report.host().value())
                .param("boot", report.bootId())
                .update();
    }

    /** Only of replicas that are placed on the host that reports: a host cannot speak for another's, nor of unknown ones. */
    private void status(HostName host, AllocationStatus status, Instant at) {
        jdbc.sql("insert into allocation_status as s (allocation, body, state, at) select id, cast(:body as"
                        + " jsonb), :state, :at from allocation where id = :id and host = :host on conflict"
                        + " (allocation) do update set body = excluded.body, state = excluded.state, at ="
                        + " excluded.at where s.body <> excluded.body")
                .param("body", Json.write(status))
                .param("state", status.state().name())
                .param("at", Columns.time(at))
                .param("id", status.id().value())
                .param("host", host.value())
                .update();
    }

    @Override
    public List<Host> hosts() {
        return jdbc.sql("select * from host order by name")
                .query((row, number) -> new Host(
                        Json.read(row.getString("report"), HostReport.class),
                        Columns.instant(row, "seen_at"),
                        told(row)))
                .list();
    }

    private static Optional<Told> told(ResultSet row) throws SQLException {
        Optional<String> routes = Columns.optionalText(row, "routes");
        return Columns.optionalText(row, "assignment")
                .map(json -> new Told(
                        Json.read(json, HostAssignment.class), Json.read(routes.orElseThrow(), RouteTable.class)));
    }

    @Override
    public List<Placed> present() {
        return jdbc.sql(PLACED + " where a.stage <> 'gone' order by a.created_at, a.id")
                .query(StoredFleet::placed)
                .list();
    }

    static Placed placed(ResultSet row, int number) throws SQLException {
        return new Placed(
                Json.read(row.getString("body"), Allocation.class),
                Stage.valueOf(row.getString("stage").toUpperCase(Locale.ROOT)),
                Columns.instant(row, "created_at"),
                Columns.optionalText(row, "status").map(json -> Json.read(json, AllocationStatus.class)),
                Columns.instant(row, "status_at"));
    }

    @Override
    public void place(Allocation allocation, Instant at) {
        jdbc.sql("insert into allocation (id, service, revision, arm, host, process, body, stage, created_at)"
                        + " values (:id, :service, :revision, :arm, :host, :process, cast(:body as jsonb),"
                        + " 'wanted', :at)")
                .param("id", allocation.id().value())
                .param("service", allocation.revision().service().value())
                .param("revision", allocation.revision().number())
                .param("arm", allocation.arm().name())
                .param("host", allocation.host().value())
                .param("process", allocation.process())
                .param("body", Json.write(allocation))
                .param("at", Columns.time(at))
                .update();
    }

    @Override
    public void relabel(Allocation allocation) {
        jdbc.sql("update allocation set arm = :arm, body = cast(:body as jsonb) where id = :id")
                .param("arm", allocation.arm().name())
                .param("body", Json.write(allocation))
                .param("id", allocation.id().value())
                .update();
    }

    @Override
    public void stage(AllocationId id, Stage stage, Instant at) {
        jdbc.sql("update allocation set stage = :stage, left_at = coalesce(left_at, :at) where id = :id")
                .param("stage", stage.name().toLowerCase(Locale.ROOT))
                .param("at", Columns.time(at))
                .param("id", id.value())
                .update();
    }

    @Override
    public int failures(ServiceName service, Instant since) {
        return jdbc.sql("select count(*) from allocation a join allocation_status s on s.allocation = a.id"
                        + " where a.service = :service and a.stage <> 'wanted' and a.left_at >= :since"
                        + " and s.state in ('FAILED', 'ENDED')")
                .param("service", service.value())
                .param("since", Columns.time(since))
                .query(Integer.class)
                .single();
    }

    @Override
    public void tell(HostAssignment run, RouteTable routes) {
        jdbc.sql("update host set generation = :generation, assignment = cast(:run as jsonb), routes ="
                        + " cast(:routes as jsonb) where name = :name")
                .param("generation", run.generation().value())
                .param("run", Json.write(run))
                .param("routes", Json.write(routes))
                .param("name", run.host().value())
                .update();
    }

    @Override
    public Map<HostName, Map<ServiceName, ToldRoute>> toldRoutes() {
        Map<HostName, Map<ServiceName, ToldRoute>> byHost = new HashMap<>();
        jdbc.sql("select * from host_route")
                .query((row, number) -> byHost.computeIfAbsent(
                                new HostName(row.getString("host")), h -> new HashMap<>())
                        .put(
                                new ServiceName(row.getString("service")),
                                new ToldRoute(
                                        Json.read(row.getString("route"), ServiceRoute.class),
                                        new Generation(row.getLong("generation")))))
                .list();
        return byHost;
    }

    @Override
    public void toldRoute(HostName host, ServiceRoute route, Generation since) {
        jdbc.sql("insert into host_route (host, service, route, generation) values (:host, :service,"
                        + " cast(:route as jsonb), :generation) on conflict (host, service) do update set route ="
                        + " excluded.route, generation = excluded.generation")
                .param("host", host.value())
                .param("service", route.service().value())
                .param("route", Json.write(route))
                .param("generation", since.value())
                .update();
    }

    @Override
    public void forgetRoute(HostName host, ServiceName service) {
        jdbc.sql("delete from host_route where host = :host and service = :service")
                .param("host", host.value())
                .param("service", service.value())
                .update();
    }
}
