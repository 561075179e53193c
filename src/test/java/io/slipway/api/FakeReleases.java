package io.slipway.api;

import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.Actor;
import io.slipway.control.Refused;
import io.slipway.control.Releases;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.RolloutEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Takes requests and remembers them; refuses when told to. */
public final class FakeReleases implements Releases {
    public final List<ReleaseSpec> submitted = new ArrayList<>();
    public final List<RolloutEvent> events = new ArrayList<>();
    public final List<String> reverted = new ArrayList<>();
    public final List<String> unheld = new ArrayList<>();
    public final List<Actor> actors = new ArrayList<>();
    private Optional<Refused> refusal = Optional.empty();
    private boolean failing;
    private Optional<CountDownLatch> gate = Optional.empty();

    public synchronized void refuseWith(Refused next) {
        refusal = Optional.of(next);
    }

    /** The next call fails as nobody foresaw. */
    public synchronized void failNext() {
        failing = true;
    }

    /** The next submit waits until the latch is open. */
    public synchronized void holdUntil(CountDownLatch latch) {
        gate = Optional.of(latch);
    }

    @Override
    public Submitted submit(ReleaseSpec spec, Actor by) throws Refused {
        Optional<CountDownLatch> wait;
        synchronized (this) {
            wait = gate;
            gate = Optional.empty();
        }
        if (wait.isPresent()) {
            try {
                wait.get().await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return store(spec, by);
    }

    private synchronized Submitted store(ReleaseSpec spec, Actor by) throws Refused {
        refuse();
        submitted.add(spec);
        actors.add(by);
        int n = submitted.size();
        return new Submitted("rel-" + n, new RolloutId("ro-" + n), new RevisionId(spec.service(), n), "queued");
    }

    @Override
    public synchronized void command(RolloutId rollout, RolloutEvent event, Actor by) throws Refused {
        refuse();
        events.add(event);
        actors.add(by);
    }

    @Override
    public synchronized Submitted revert(ServiceName service, Back back, String reason, Actor by) throws Refused {
        refuse();
        reverted.add(service + back.from().map(n -> " from " + n).orElse("") + " "
                + back.to().map(String::valueOf).orElse("before") + ": " + reason);
        actors.add(by);
        return new Submitted(
                "rel-x",
                new RolloutId("ro-x"),
                new RevisionId(service, back.to().orElse(41)),
                "reverting");
    }

    @Override
    public synchronized void unhold(ServiceName service, String reason, Actor by) throws Refused {
        refuse();
        unheld.add(service + ": " + reason);
        actors.add(by);
    }

    private void refuse() throws Refused {
        if (failing) {
            failing = false;
            throw new IllegalStateException("secret inside");
        }
        if (refusal.isPresent()) {
            Refused now = refusal.get();
            refusal = Optional.empty();
            throw now;
        }
    }
}
