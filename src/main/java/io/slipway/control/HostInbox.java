package io.slipway.control;

import io.slipway.placement.HostReport;

/** Takes in what hosts report: stores it, and appends events where it changes something for a rollout. */
public interface HostInbox {
    /** Returns once the report and its windows are stored; only then may the sender forget the windows. */
    void accept(HostReport report);
}
