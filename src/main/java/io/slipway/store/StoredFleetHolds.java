package io.slipway.store;

import io.slipway.base.ServiceName;
import io.slipway.control.FleetHolds;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Holds as rows; who is in trouble is read from the last looks of the rollouts. */
public final class StoredFleetHolds implements FleetHolds {
    private final JdbcClient jdbc;

    public StoredFleetHolds(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Set<ServiceName> troubledSince(Instant since) {
        return jdbc
                .sql("select distinct service from rollout where looked_at > :since"
                        + " and (verdict ->> 'outcome' = 'REGRESSED' or (verdict ->> 'commonCause')::boolean)")
                .param("since", Columns.time(since))
                .query((row, n) -> row.getString("service"))
                .list()
                .stream()
                .map(ServiceName::new)
                .collect(Collectors.toSet());
    }

    @Override
    public boolean begin(Set<ServiceName> services, Instant at) {
        return jdbc.sql("insert into fleet_hold (since, services)"
                                + " select :at, cast(:services as text[]) where not exists"
                                + " (select 1 from fleet_hold where ended is null) on conflict do nothing")
                        .param("at", Columns.time(at))
                        .param(
                                "services",
                                services.stream().map(ServiceName::value).toArray(String[]::new))
                        .update()
                == 1;
    }

    @Override
    public void end(Instant at) {
        jdbc.sql("update fleet_hold set ended = :at where ended is null")
                .param("at", Columns.time(at))
                .update();
    }
}
