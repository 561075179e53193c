package io.slipway.store;

import io.slipway.analysis.Verdict;
import io.slipway.base.Epoch;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.control.Rollout;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.FleetView;
import io.slipway.rollout.RolloutState;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** A rollout from and to its row. */
final class RolloutRows {
    private RolloutRows() {}

    static Rollout rollout(ResultSet row, int number) throws SQLException {
        return new Rollout(
                new RolloutId(row.getString("id")),
                row.getString("release"),
                Json.read(row.getString("spec"), ReleaseSpec.class),
                row.getString("owner"),
                row.getLong("version"),
                Json.read(row.getString("state"), RolloutState.class),
                new Reason(row.getString("reason_code"), row.getString("reason_text")),
                Columns.optionalText(row, "waiting_for"),
                Columns.optionalInstant(row, "wake_at"),
                new Epoch(row.getLong("epoch")),
                Columns.optionalText(row, "fleet").map(json -> Json.read(json, FleetView.class)),
                Columns.optionalText(row, "verdict").map(json -> Json.read(json, Verdict.class)),
                Columns.optionalInstant(row, "compared_since"),
                Columns.optionalInstant(row, "looked_at"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "updated_at"));
    }

    /** Sets what both insert and update write. */
    static StatementSpec bind(StatementSpec statement, Rollout rollout) {
        return statement
                .param("id", rollout.id().value())
                .param("owner", rollout.owner())
                .param("version", rollout.version())
                .param("label", rollout.state().label())
                .param("over", rollout.isOver())
                .param("stable", rollout.stable().map(RevisionId::number).orElse(null))
                .param("state", Json.write(rollout.state()))
                .param("reasonCode", rollout.reason().code())
                .param("reasonText", rollout.reason().text())
                .param("waitingFor", rollout.waitingFor().orElse(null))
                .param("wakeAt", Columns.time(rollout.wakeAt()))
                .param("epoch", rollout.epoch().value())
                .param("updatedAt", Columns.time(rollout.updatedAt()));
    }
}
