package io.slipway.store;

import io.slipway.base.Reason;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.runbook.Decision;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A decision from its row. */
final class DecisionRows {
    private DecisionRows() {}

    static Decision decision(ResultSet row, int number) throws SQLException {
        return new Decision(
                row.getLong("sequence"),
                Columns.optionalText(row, "rollout").map(RolloutId::new),
                new ServiceName(row.getString("service")),
                row.getLong("version"),
                row.getString("kind"),
                row.getString("by"),
                row.getString("from_state"),
                row.getString("to_state"),
                new Reason(row.getString("reason_code"), row.getString("reason_text")),
                row.getString("evidence"),
                Columns.instant(row, "at"),
                row.getString("previous_hash"),
                row.getString("hash"));
    }
}
