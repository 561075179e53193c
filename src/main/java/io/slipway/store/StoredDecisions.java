package io.slipway.store;

import io.slipway.base.RolloutId;
import io.slipway.control.DecisionLog;
import io.slipway.runbook.Decision;
import io.slipway.runbook.HashChain;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The chain of decisions in Postgres. */
public final class StoredDecisions implements DecisionLog {
    /** Key of the advisory lock that lets one transaction at a time append; freed by its commit. */
    private static final long CHAIN_LOCK = 0x534c4950_43484149L;

    private final JdbcClient jdbc;

    public StoredDecisions(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Decision append(Draft draft) {
        jdbc.sql("select pg_advisory_xact_lock(:key)")
                .param("key", CHAIN_LOCK)
                .query((row, n) -> n)
                .list();
        Optional<Decision> last = jdbc.sql("select * from decision order by sequence desc limit 1")
                .query(DecisionRows::decision)
                .optional();
        Decision next = HashChain.append(last, decision(draft));
        insert(next);
        return next;
    }

    /** Without its place, which the chain gives it. */
    private static Decision decision(Draft draft) {
        return new Decision(
                0,
                draft.rollout(),
                draft.service(),
                draft.version(),
                draft.kind(),
                draft.by(),
                draft.fromState(),
                draft.toState(),
                draft.reason(),
                Json.write(draft.evidence()),
                draft.at(),
                "",
                "");
    }

    private void insert(Decision decision) {
        jdbc.sql("insert into decision (sequence, rollout, service, version, kind, by, from_state, to_state,"
                        + " reason_code, reason_text, evidence, at, previous_hash, hash) values (:sequence,"
                        + " :rollout, :service, :version, :kind, :by, :from, :to, :code, :text, :evidence, :at,"
                        + " :previous, :hash)")
                .param("sequence", decision.sequence())
                .param("rollout", decision.rollout().map(RolloutId::value).orElse(null))
                .param("service", decision.service().value())
                .param("version", decision.version())
                .param("kind", decision.kind())
                .param("by", decision.by())
                .param("from", decision.fromState())
                .param("to", decision.toState())
                .param("code", decision.reason().code())
                .param("text", decision.reason().text())
                .param("evidence", decision.evidence())
                .param("at", Columns.time(decision.at()))
                .param("previous", decision.previousHash())
                .param("hash", decision.hash())
                .update();
    }

    @Override
    public List<Decision> of(RolloutId rollout) {
        return jdbc.sql("select * from decision where rollout = :rollout order by sequence")
                .param("rollout", rollout.value())
                .query(DecisionRows::decision)
                .list();
    }
}
