package io.slipway.store;

import io.slipway.analysis.Verdict;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.Rollout;
import io.slipway.control.RolloutStore;
import io.slipway.rollout.FleetView;
import io.slipway.rollout.RolloutEvent;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rollouts and their events in Postgres. */
public final class StoredRollouts implements RolloutStore {
    private final JdbcClient jdbc;

    public StoredRollouts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Instant now() {
        return jdbc.sql("select slipway_now()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    @Override
    public Optional<Rollout> claimDue() {
        return jdbc.sql("select r.* from rollout r join service s on s.name = r.service where not r.over"
                        + " and (r.wake_at <= slipway_now() or exists"
                        + " (select 1 from rollout_event e where e.rollout = r.id and e.consumed_version is null))"
                        + " order by r.updated_at limit 1 for no key update of s, r skip locked")
                .query(RolloutRows::rollout)
                .optional();
    }

    @Override
    public Optional<Rollout> lock(RolloutId id) {
        jdbc.sql("select name from service where name = (select service from rollout where id = :id)"
                        + " for no key update")
                .param("id", id.value())
                .query(String.class)
                .optional();
        return jdbc.sql("select * from rollout where id = :id for no key update")
                .param("id", id.value())
                .query(RolloutRows::rollout)
                .optional();
    }

    @Override
    public Optional<Rollout> find(RolloutId id) {
        return jdbc.sql("select * from rollout where id = :id")
                .param("id", id.value())
                .query(RolloutRows::rollout)
                .optional();
    }

    @Override
    public List<Rollout> active() {
        return jdbc.sql("select * from rollout where not over order by id")
                .query(RolloutRows::rollout)
                .list();
    }

    @Override
    public Optional<Rollout> activeOf(ServiceName service) {
        return jdbc.sql("select * from rollout where service = :service and not over order by created_at, id limit 1")
                .param("service", service.value())
                .query(RolloutRows::rollout)
                .optional();
    }

    @Override
    public Optional<Rollout> latestOf(ServiceName service) {
        return jdbc.sql("select * from rollout where service = :service order by created_at desc, id desc limit 1")
                .param("service", service.value())
                .query(RolloutRows::rollout)
                .optional();
    }

    @Override
    public Optional<Rollout> queuedOf(ServiceName service) {
        return jdbc.sql("select * from rollout where service = :service and not over and label = 'queued'"
                        + " for no key update")
                .param("service", service.value())
                .query(RolloutRows::rollout)
                .optional();
    }

    @Override
    public Optional<RevisionId> stableBefore(RevisionId revision) {
        return jdbc.sql("select stable from rollout where service = :service and revision = :revision and stable is"
                        + " not null order by created_at desc limit 1")
                .param("service", revision.service().value())
                .param("revision", revision.number())
                .query(Integer.class)
                .optional()
                .map(number -> new RevisionId(revision.service(), number));
    }

    @Override
    public List<RolloutId> unwritten(int limit) {
        return jdbc.sql("select id from rollout r where (over or label = 'unproven') and not exists (select 1 from"
                        + " runbook_entry e where e.rollout = r.id and e.at >= (select max(at) from decision d"
                        + " where d.rollout = r.id)) order by updated_at limit :limit")
                .param("limit", limit)
                .query((row, number) -> new RolloutId(row.getString("id")))
                .list();
    }

    @Override
    public Map<String, Long> countByLabel() {
        Map<String, Long> counts = new HashMap<>();
        jdbc.sql("select label, count(*) as n from rollout group by label").query(row -> {
            counts.put(row.getString("label"), row.getLong("n"));
        });
        return counts;
    }

    @Override
    public void insert(Rollout rollout) {
        RolloutRows.bind(
                        jdbc.sql("insert into rollout (id, release, service, revision, stable, owner, spec, version,"
                                + " label, over, state, reason_code, reason_text, waiting_for, wake_at, epoch,"
                                + " fleet, verdict, compared_since, looked_at, created_at, updated_at) values"
                                + " (:id, :release, :service, :revision, :stable, :owner, cast(:spec as jsonb),"
                                + " :version, :label, :over, cast(:state as jsonb), :reasonCode, :reasonText,"
                                + " :waitingFor, :wakeAt, :epoch, null, null, null, null, :createdAt,"
                                + " :updatedAt)"),
                        rollout)
                .param("release", rollout.release())
                .param("service", rollout.service().value())
                .param("revision", rollout.revision().number())
                .param("spec", Json.write(rollout.spec()))
                .param("createdAt", Columns.time(rollout.createdAt()))
                .update();
    }

    @Override
    public void save(Rollout rollout, long seen) {
        int changed = RolloutRows.bind(
                        jdbc.sql("update rollout set stable = :stable, owner = :owner, version = :version, label ="
                                + " :label, over = :over, state = cast(:state as jsonb), reason_code ="
                                + " :reasonCode, reason_text = :reasonText, waiting_for = :waitingFor, wake_at ="
                                + " :wakeAt, epoch = :epoch, verdict = cast(:verdict as jsonb), compared_since ="
                                + " :comparedSince, looked_at = :lookedAt, updated_at = :updatedAt where id = :id"
                                + " and version = :seen"),
                        rollout)
                .param("verdict", rollout.verdict().map(Json::write).orElse(null))
                .param("comparedSince", Columns.time(rollout.comparedSince()))
                .param("lookedAt", Columns.time(rollout.lookedAt()))
                .param("seen", seen)
                .update();
        if (changed != 1) {
            throw new IllegalStateException("rollout " + rollout.id() + " is no longer at version " + seen
                    + ": it was decided upon without its lock; nothing was written");
        }
    }

    @Override
    public StoredEvent append(RolloutId rollout, RolloutEvent event, Instant at) {
        long id = jdbc.sql("insert into rollout_event (rollout, kind, payload, at)"
                        + " values (:rollout, :kind, cast(:payload as jsonb), :at) returning id")
                .param("rollout", rollout.value())
                .param("kind", SealedNames.name(event.getClass()))
                .param("payload", Json.write(event))
                .param("at", Columns.time(at))
                .query(Long.class)
                .single();
        return new StoredEvent(id, rollout, event, at);
    }

    @Override
    public Optional<StoredEvent> nextEvent(RolloutId rollout) {
        return jdbc.sql("select * from rollout_event where rollout = :rollout and consumed_version is null"
                        + " order by id limit 1")
                .param("rollout", rollout.value())
                .query((row, number) -> new StoredEvent(
                        row.getLong("id"),
                        rollout,
                        Json.read(row.getString("payload"), RolloutEvent.class),
                        Columns.instant(row, "at")))
                .optional();
    }

    @Override
    public void consumed(StoredEvent event, long version) {
        jdbc.sql("update rollout_event set consumed_version = :version where id = :id")
                .param("version", version)
                .param("id", event.id())
                .update();
    }

    @Override
    public void forgetFleet(RolloutId rollout) {
        jdbc.sql("update rollout set fleet = null where id = :id")
                .param("id", rollout.value())
                .update();
        overtakeFleetEvents(rollout);
    }

    @Override
    public boolean fleetChanged(RolloutId rollout, FleetView fleet, long targetVersion, Instant at) {
        int changed = jdbc.sql("update rollout r set fleet = cast(:fleet as jsonb) from target t"
                        + " where r.id = :id and not r.over and t.service = r.service and t.version = :version")
                .param("fleet", Json.write(fleet))
                .param("id", rollout.value())
                .param("version", targetVersion)
                .update();
        if (changed == 1) {
            overtakeFleetEvents(rollout);
            append(rollout, new RolloutEvent.FleetChanged(fleet), at);
        }
        return changed == 1;
    }

    /** Each fleet view is whole, so only the newest needs a decision. */
    private void overtakeFleetEvents(RolloutId rollout) {
        jdbc.sql("update rollout_event set consumed_version = 0"
                        + " where rollout = :id and kind = 'fleet-changed' and consumed_version is null")
                .param("id", rollout.value())
                .update();
    }

    @Override
    public void looked(RolloutId rollout, Verdict verdict) {
        jdbc.sql("update rollout set verdict = cast(:verdict as jsonb), looked_at = :at where id = :id")
                .param("verdict", Json.write(verdict))
                .param("at", Columns.time(verdict.at()))
                .param("id", rollout.value())
                .update();
    }
}
