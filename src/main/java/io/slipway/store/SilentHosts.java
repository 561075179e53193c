package io.slipway.store;

import io.slipway.base.ServiceName;
import io.slipway.control.Liveness;
import io.slipway.release.Units;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Hosts that a rollout may wait for in vain: those that are not heard of and hold replicas of its service, or all of them when none is
 * heard of.
 */
final class SilentHosts {
    private static final int NAMED_MAX = 3;
    private final JdbcClient jdbc;

    SilentHosts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** {@code host vm has not reported for 2m}; empty when none is silent. */
    Optional<String> sentence(ServiceName service) {
        List<String> silent = jdbc.sql("with heard as (select name, slipway_now() - seen_at as ago from host)"
                        + " select name, cast(extract(epoch from ago) as bigint) as secs from heard h"
                        + " where ago >= make_interval(secs => :limit) and (not exists"
                        + " (select 1 from heard where ago < make_interval(secs => :limit)) or exists (select 1 from"
                        + " allocation a where a.host = h.name and a.service = :service and a.stage <> 'gone'))"
                        + " order by name")
                .param("limit", Liveness.LIMIT.toSeconds())
                .param("service", service.value())
                .query((row, _) -> "host " + row.getString("name") + " has not reported for "
                        + Units.render(rounded(row.getLong("secs"))))
                .list();
        if (silent.isEmpty()) {
            return hasHosts() ? Optional.empty() : Optional.of("no host has reported yet");
        }
        String named = silent.stream().limit(NAMED_MAX).collect(Collectors.joining(", "));
        int more = silent.size() - NAMED_MAX;
        return Optional.of(more > 0 ? named + ", and " + more + " more" : named);
    }

    private boolean hasHosts() {
        return jdbc.sql("select exists (select 1 from host)")
                .query(Boolean.class)
                .single();
    }

    /** Seconds of what took hours tell nobody anything. */
    private static Duration rounded(long seconds) {
        return Duration.ofSeconds(seconds < 120 ? seconds : seconds / 60 * 60);
    }
}
