package io.slipway.control;

import io.slipway.placement.HostReport;

/** Stores what hosts report, in any controller; the leader finds it in the rows. */
public final class FleetInbox implements HostInbox {
    private final Transactions transactions;
    private final RolloutStore rollouts;
    private final FleetStore fleet;
    private final WindowStore windows;
    private final Signal signal;

    public FleetInbox(
            Transactions transactions, RolloutStore rollouts, FleetStore fleet, WindowStore windows, Signal signal) {
        this.transactions = transactions;
        this.rollouts = rollouts;
        this.fleet = fleet;
        this.windows = windows;
        this.signal = signal;
    }

    @Override
    public void accept(HostReport report) {
        // Windows first and by themselves: making a day's partition must not wait for, or hold up, the host's row.
        windows.add(report.windows());
        transactions.inOne(() -> {
            fleet.report(report, rollouts.now());
            return true;
        });
        signal.raise();
    }
}
