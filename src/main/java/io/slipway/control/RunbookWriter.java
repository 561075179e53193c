package io.slipway.control;

import io.slipway.base.RolloutId;
import io.slipway.runbook.Decision;
import io.slipway.runbook.RunbookEntry;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the runbook entry of each rollout that ended. Finds them in the rows, so none is missed by a restart. */
public final class RunbookWriter {
    private static final Logger LOG = LoggerFactory.getLogger(RunbookWriter.class);
    private static final int BATCH = 20;
    private final RolloutStore rollouts;
    private final DecisionLog log;
    private final RunbookStore shelf;

    public RunbookWriter(RolloutStore rollouts, DecisionLog log, RunbookStore shelf) {
        this.rollouts = rollouts;
        this.log = log;
        this.shelf = shelf;
    }

    /** Returns how many were written. */
    public int run() {
        List<RolloutId> ended = rollouts.unwritten(BATCH);
        ended.forEach(id -> rollouts.find(id).ifPresent(this::write));
        return ended.size();
    }

    private void write(Rollout rollout) {
        List<Decision> decisions = log.of(rollout.id());
        RunbookEntry entry = new RunbookEntry(rollout.id(), rollout.spec(), rollout.state(), decisions);
        shelf.put(entry.slug(), Optional.of(rollout.id()), entry.title(), entry.markdown(), entry.json(), entry.at());
        LOG.info("runbook entry {} written: {}, {} decisions", entry.slug(), entry.title(), decisions.size());
    }
}
