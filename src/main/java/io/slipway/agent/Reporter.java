package io.slipway.agent;

import io.slipway.fleet.FleetClient;
import io.slipway.fleet.FleetException;
import io.slipway.placement.HostReport;
import java.io.IOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Sends the host's report at each change and every few seconds, complete each time. */
final class Reporter implements Runnable {
    /** Windows in one report; the rest follows at once. */
    static final int WINDOWS_MAX = 300;
    /** About 15 seconds: as long as a controller may take to start or to hand over to the next. */
    private static final int TELL_AFTER = 8;

    private static final Logger LOG = Logger.getLogger(Reporter.class.getName());

    private final AgentOptions options;
    private final FleetClient controller;
    private final Source source;
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
    private @Nullable WindowMeter meter;
    private boolean changed = true;
    private boolean closed;
    private String trouble = "";
    private int failures;

    /** Makes a report of what is now. */
    interface Source {
        HostReport report() throws IOException;
    }

    Reporter(AgentOptions options, FleetClient controller, Source source) {
        this.options = options;
        this.controller = controller;
        this.source = source;
    }

    void acknowledgeTo(WindowMeter meter) {
        this.meter = meter;
    }

    synchronized void changed() {
        changed = true;
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    @Override
    public void run() {
        try {
            while (awaitChange()) {
                if (!send()) {
                    Thread.sleep(backoff.next());
                    changed();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitChange() throws InterruptedException {
        if (!changed && !closed) {
            wait(options.reportEvery().toMillis());
        }
        changed = false;
        return !closed;
    }

    private boolean send() throws InterruptedException {
        try {
            HostReport report = source.report();
            controller.report(report);
            acknowledge(report);
            backoff.reset();
            trouble = "";
            failures = 0;
            return true;
        } catch (FleetException e) {
            tell(String.valueOf(e.getMessage()));
            return false;
        } catch (IOException e) {
            tell("the report could not be made: " + e.getMessage());
            return false;
        }
    }

    private void acknowledge(HostReport report) {
        WindowMeter known = meter;
        if (known != null) {
            known.acknowledge(report.windows());
        }
        if (report.windows().size() == WINDOWS_MAX) {
            changed();
        }
    }

    private void tell(String what) {
        failures++;
        if (failures >= TELL_AFTER && !what.equals(trouble)) {
            trouble = what;
            LOG.log(Level.WARNING, "report: {0}", what);
        }
    }
}
