package io.slipway.control;

import io.slipway.base.Epoch;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.DecisionLog.Draft;
import io.slipway.control.Refused.Kind;
import io.slipway.control.ServiceStore.Service;
import io.slipway.release.Metric;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Route;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutMachine;
import io.slipway.rollout.RolloutState;
import io.slipway.rollout.RolloutState.Ended;
import io.slipway.rollout.RolloutState.Paused;
import io.slipway.rollout.RolloutState.Reverting;
import io.slipway.rollout.RolloutState.Watching;
import io.slipway.rollout.Transition;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Takes in what people and pipelines ask for. Each call is one transaction under the lock of its service or rollout, decided at once, so the
 * answer says what happened; the loop carries on from the rows.
 */
public final class ReleaseDesk implements Releases {
    /** A person's request is fenced by the row's lock and version; it keeps the epoch of the leader that wrote the row last. */
    private static final Epoch NO_LEADER = new Epoch(0);

    private final Transactions transactions;
    private final RolloutStore rollouts;
    private final ServiceStore services;
    private final DecisionLog log;
    private final Decider decider;
    private final Signal signal;
    private final boolean asksQueries;

    /** {@code asksQueries}: a Prometheus is configured. */
    public ReleaseDesk(
            Transactions transactions,
            RolloutStore rollouts,
            ServiceStore services,
            DecisionLog log,
            Decider decider,
            Signal signal,
            boolean asksQueries) {
        this.transactions = transactions;
        this.rollouts = rollouts;
        this.services = services;
        this.log = log;
        this.decider = decider;
        this.signal = signal;
        this.asksQueries = asksQueries;
    }

    @Override
    public Submitted submit(ReleaseSpec spec, Actor by) throws Refused {
        if (spec.release().stopConditions().isEmpty()) {
            throw new Refused(
                    Kind.INVALID,
                    "release of " + spec.service() + " declares no stop condition; nothing starts without one");
        }
        refuseUnanswered(spec);
        Submitted submitted = transactions.inOne(() -> {
            Service service = services.lock(spec.service(), spec.release().owner());
            refuseWhileHeld(service);
            claimRoute(spec);
            boolean atOnce = makeRoom(service, by);
            Optional<RevisionId> stable = services.find(spec.service()).flatMap(Service::stable);
            Instant now = rollouts.now();
            RevisionId revision = services.addRevision(spec, by.name(), now);
            Reason why = new Reason("requested", "release of " + revision.label() + " requested");
            return begin(new Order(spec, revision, stable, atOnce, why), by, now);
        });
        signal.raise();
        return submitted;
    }

    /** A condition that nothing answers would hold every gate. */
    private void refuseUnanswered(ReleaseSpec spec) throws Refused {
        boolean asks = spec.release().stopConditions().stream().anyMatch(c -> c.metric() == Metric.PROMETHEUS);
        if (asks && !asksQueries) {
            throw new Refused(
                    Kind.INVALID,
                    "a stop condition of " + spec.service() + " is a Prometheus query, and the controller knows of no"
                            + " Prometheus. Set slipway.prometheus.url (SLIPWAY_PROMETHEUS_URL) there, or leave the"
                            + " condition out. Nothing was begun.");
        }
    }

    private void claimRoute(ReleaseSpec spec) throws Refused {
        if (spec.route().isEmpty()) {
            return;
        }
        Route route = spec.route().get();
        Optional<ServiceName> other = services.claim(spec.service(), route);
        if (other.isPresent()) {
            throw new Refused(
                    Kind.ROUTE_TAKEN,
                    "the route " + route.host() + route.path() + " belongs to the service " + other.get() + ". Give "
                            + spec.service() + " another host or path.");
        }
    }

    private static void refuseWhileHeld(Service service) throws Refused {
        if (service.held().isPresent()) {
            throw new Refused(
                    Kind.SERVICE_HELD,
                    service.name() + " is held: " + service.held().get().text()
                            + ". Nothing is released until somebody says: slipway service unhold " + service.name()
                            + " --reason ...");
        }
    }

    /**
     * A newer release takes the place of one that is watched, or that ended unproven. What has to be taken back first is taken back while
     * the new one is queued; anything else that is active refuses it.
     *
     * @return whether the new one can begin at once
     */
    private boolean makeRoom(Service service, Actor by) throws Refused {
        Optional<Rollout> active = rollouts.activeOf(service.name()).flatMap(r -> rollouts.lock(r.id()));
        if (active.isEmpty() || active.get().isOver()) {
            return true;
        }
        Rollout watched = active.get();
        boolean superseded = watched.state() instanceof Reverting reverting && reverting.then() == Ending.SUPERSEDED;
        if (rollouts.queuedOf(service.name()).isPresent() || !(isWatched(watched.state()) || superseded)) {
            throw new Refused(
                    Kind.ROLLOUT_ACTIVE,
                    service.name() + " has an active rollout, " + watched.id() + " of "
                            + watched.revision().label() + " by " + watched.owner() + " ("
                            + watched.state().label() + "). Wait for it, or abort it.");
        }
        return superseded ? false : supersede(watched, by).isOver();
    }

    private static boolean isWatched(RolloutState state) {
        return state instanceof Watching
                || state instanceof Paused paused && paused.resumeTo() instanceof Watching
                || state instanceof Ended ended && ended.ending() == Ending.UNPROVEN;
    }

    private Rollout supersede(Rollout watched, Actor by) {
        RolloutEvent event = new RolloutEvent.Supersede(
                by.name(), new Reason("superseded", "a newer release of " + watched.service() + " takes its place"));
        return decider.decide(watched, rollouts.append(watched.id(), event, rollouts.now()), watched.epoch());
    }

    /** What is to be stored. {@code atOnce} is false while another rollout is still being taken back. */
    private record Order(
            ReleaseSpec spec, RevisionId revision, Optional<RevisionId> stable, boolean atOnce, Reason why) {}

    private Submitted begin(Order order, Actor by, Instant now) {
        ReleaseSpec spec = order.spec();
        String release = NewId.at(now);
        services.addRelease(release, order.revision(), spec, by.name(), now);
        RolloutState queued = RolloutMachine.queued(RolloutMachine.course(order.revision(), order.stable()));
        Rollout rollout = new Rollout(
                new RolloutId(NewId.at(now)),
                release,
                spec,
                spec.release().owner(),
                1,
                queued,
                order.why(),
                WaitingFor.sentence(queued, spec, Optional.empty()),
                Optional.empty(),
                NO_LEADER,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                now,
                now);
        rollouts.insert(rollout);
        if (order.atOnce()) {
            rollouts.append(rollout.id(), new RolloutEvent.Begin(), now);
        }
        log.append(new Draft(
                Optional.of(rollout.id()),
                spec.service(),
                1,
                "rollout.queued",
                by.name(),
                "",
                queued.label(),
                order.why(),
                Map.of("spec", spec),
                now));
        return new Submitted(release, rollout.id(), order.revision(), queued.label());
    }

    @Override
    public void command(RolloutId id, RolloutEvent event, Actor by) throws Refused {
        transactions.inOne(() -> {
            Rollout rollout =
                    rollouts.lock(id).orElseThrow(() -> new Refused(Kind.NOT_FOUND, "there is no rollout " + id));
            decideFor(rollout, Person.signed(event, Permission.check(rollout, event, by)));
            return true;
        });
        signal.raise();
    }

    private Rollout decideFor(Rollout rollout, RolloutEvent event) throws Refused {
        Transition transition = decider.preview(rollout, event);
        if (!Decider.changes(rollout, transition)) {
            throw new Refused(
                    Kind.WRONG_STATE,
                    "rollout " + rollout.id() + " is " + rollout.state().label() + ": "
                            + transition.reason().text());
        }
        return decider.decide(rollout, rollouts.append(rollout.id(), event, rollouts.now()), rollout.epoch());
    }

    @Override
    public Submitted revert(ServiceName name, Back back, String reason, Actor by) throws Refused {
        Submitted submitted = transactions.inOne(() -> {
            Service service = lock(name);
            Optional<Rollout> active = rollouts.activeOf(name).flatMap(r -> rollouts.lock(r.id()));
            return active.isPresent() && !active.get().isOver()
                    ? revertActive(active.get(), back, reason, by)
                    : revertSettled(service, back, reason, by);
        });
        signal.raise();
        return submitted;
    }

    private Service lock(ServiceName name) throws Refused {
        Service found =
                services.find(name).orElseThrow(() -> new Refused(Kind.NOT_FOUND, "there is no service " + name));
        return services.lock(name, found.owner());
    }

    private Submitted revertActive(Rollout active, Back back, String reason, Actor by) throws Refused {
        if (GoneBack.isMeantBy(active, back)) {
            return submitted(active);
        }
        GoneBack.refuseUnlessFrom(active.revision(), back);
        Optional<Integer> to = back.to();
        Optional<Integer> stable = active.stable().map(RevisionId::number);
        if (to.isPresent() && !to.equals(stable)) {
            throw new Refused(
                    Kind.WRONG_STATE,
                    "rollout " + active.id() + " of " + active.revision().label() + " is active and goes back to "
                            + stable.map(n -> "r" + n).orElse("nothing") + "; revert it first, then ask for r"
                            + to.get());
        }
        if (active.state() instanceof Reverting) {
            return submitted(active);
        }
        return submitted(
                decideFor(active, new RolloutEvent.Revert(by.name(), new Reason("reverted-by-person", reason))));
    }

    private static Submitted submitted(Rollout rollout) {
        return new Submitted(
                rollout.release(),
                rollout.id(),
                rollout.revision(),
                rollout.state().label());
    }

    private Submitted revertSettled(Service service, Back wanted, String reason, Actor by) throws Refused {
        RevisionId from = service.stable()
                .orElseThrow(
                        () -> new Refused(Kind.WRONG_STATE, service.name() + " has no stable revision to revert from"));
        GoneBack.refuseUnlessFrom(from, wanted);
        if (wanted.isUnnamed()) {
            GoneBack.refuseJustAfter(rollouts.latestOf(service.name()), from, rollouts.now());
        }
        RevisionId back = wanted.to()
                .map(n -> new RevisionId(service.name(), n))
                .or(() -> rollouts.stableBefore(from))
                .orElseThrow(() -> new Refused(
                        Kind.NOT_FOUND, from + " is the first that was ever promoted: there is nothing to go back to"));
        if (back.equals(from)) {
            throw new Refused(Kind.WRONG_STATE, from + " is the stable revision already");
        }
        ReleaseSpec spec = services.revision(back)
                .map(revision -> StraightBack.of(revision.spec()))
                .orElseThrow(() -> new Refused(Kind.NOT_FOUND, "there is no revision " + back));
        Reason why =
                new Reason("reverted-by-person", "back from " + from.label() + " to " + back.label() + ": " + reason);
        return begin(new Order(spec, back, Optional.of(from), true, why), by, rollouts.now());
    }

    @Override
    public void unhold(ServiceName name, String reason, Actor by) throws Refused {
        transactions.inOne(() -> {
            if (lock(name).held().isEmpty()) {
                throw new Refused(Kind.WRONG_STATE, name + " is not held");
            }
            long version = services.unhold(name);
            log.append(new Draft(
                    Optional.empty(),
                    name,
                    version,
                    "service.unhold",
                    by.name(),
                    "held",
                    "open",
                    new Reason("unhold", reason),
                    Map.of(),
                    rollouts.now()));
            return true;
        });
    }
}
