package io.slipway.store;

import io.slipway.base.Epoch;
import io.slipway.control.Lease;
import io.slipway.control.StaleEpoch;
import java.time.Duration;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The leader's lease as one row. */
public final class StoredLease implements Lease {
    private static final String NAME = "leader";
    private final JdbcClient jdbc;

    public StoredLease(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Optional<Epoch> acquire(String holder, Duration length) {
        return jdbc.sql("insert into lease as l (name, holder, epoch, held_until) values (:name, :holder, 1,"
                        + " slipway_now() + make_interval(secs => :secs)) on conflict (name) do update set holder ="
                        + " excluded.holder, held_until = excluded.held_until,  epoch = l.epoch + case when l.holder ="
                        + " excluded.holder and l.held_until > slipway_now() then 0 else 1 end where l.holder = excluded.holder or"
                        + " l.held_until <= slipway_now() returning epoch")
                .param("name", NAME)
                .param("holder", holder)
                .param("secs", length.toMillis() / 1000.0)
                .query(Long.class)
                .optional()
                .map(Epoch::new);
    }

    @Override
    public void release(String holder, Epoch epoch) {
        jdbc.sql("update lease set held_until = slipway_now() where name = :name and holder = :holder and epoch"
                        + " = :epoch")
                .param("name", NAME)
                .param("holder", holder)
                .param("epoch", epoch.value())
                .update();
    }

    @Override
    public void assertCurrent(Epoch epoch) {
        Optional<Long> current = jdbc.sql("select epoch from lease where name = :name and epoch = :epoch for share")
                .param("name", NAME)
                .param("epoch", epoch.value())
                .query(Long.class)
                .optional();
        if (current.isEmpty()) {
            throw new StaleEpoch(epoch);
        }
    }
}
