package io.slipway.control;

import io.slipway.base.Epoch;
import io.slipway.base.RevisionId;
import io.slipway.control.DecisionLog.Draft;
import io.slipway.control.RolloutStore.StoredEvent;
import io.slipway.rollout.Effect;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutMachine;
import io.slipway.rollout.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides one event of one locked rollout within the caller's transaction: new state, decision and effects are rows of the same commit.
 * Effects that are rows themselves (target, stable revision, hold, messages to send) are written here; checks wait in the outbox.
 */
public final class Decider {
    /** A wake-up in the past that changed nothing would spin. */
    private static final Duration WAKE_AFTER_MIN = Duration.ofSeconds(1);

    private final RolloutStore rollouts;
    private final ServiceStore services;
    private final FleetStore fleet;
    private final Outbox outbox;
    private final Notifier notifier;
    private final DecisionLog log;

    public Decider(
            RolloutStore rollouts,
            ServiceStore services,
            FleetStore fleet,
            Outbox outbox,
            Notifier notifier,
            DecisionLog log) {
        this.rollouts = rollouts;
        this.services = services;
        this.fleet = fleet;
        this.outbox = outbox;
        this.notifier = notifier;
        this.log = log;
    }

    /** Returns the rollout as it is after the event. */
    Rollout decide(Rollout rollout, StoredEvent event, Epoch epoch) {
        Instant now = rollouts.now();
        Transition transition = RolloutMachine.decide(rollout.state(), event.event(), rollout.spec(), now);
        return changes(rollout, transition) || isFirstHold(rollout, event.event(), transition)
                ? commit(rollout, event, transition, epoch, now)
                : wait(rollout, event, transition, now);
    }

    static boolean changes(Rollout rollout, Transition transition) {
        return !transition.next().equals(rollout.state())
                || !transition.effects().isEmpty();
    }

    /** A hold changes nothing, and yet whoever looks at a held rollout must find why. */
    private static boolean isFirstHold(Rollout rollout, RolloutEvent event, Transition transition) {
        return event instanceof RolloutEvent.Held
                && !transition.reason().code().equals(rollout.reason().code());
    }

    private Rollout wait(Rollout rollout, StoredEvent event, Transition transition, Instant now) {
        // Only by a wake-up: put off by each event, it would never come while events do.
        Instant earliest = event.event() instanceof RolloutEvent.Woken ? now.plus(WAKE_AFTER_MIN) : now;
        Optional<Instant> wake = transition.wakeAt().map(at -> later(at, earliest));
        Rollout same = rollout.waiting(waitingFor(rollout), wake, now);
        rollouts.save(same, rollout.version());
        rollouts.consumed(event, rollout.version());
        return same;
    }

    private static Optional<String> waitingFor(Rollout rollout) {
        return WaitingFor.sentence(rollout.state(), rollout.spec(), rollout.fleet());
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private Rollout commit(Rollout rollout, StoredEvent event, Transition t, Epoch epoch, Instant now) {
        Rollout next = ComparedStretch.continued(
                rollout,
                rollout.decided(
                        t.next(),
                        t.reason(),
                        WaitingFor.sentence(t.next(), rollout.spec(), Optional.empty()),
                        t.wakeAt(),
                        epoch,
                        now),
                now);
        rollouts.save(next, rollout.version());
        rollouts.consumed(event, next.version());
        for (Effect effect : t.effects()) {
            outbox.add(next.id(), next.version(), effect, epoch, apply(next, effect, now));
        }
        log.append(new Draft(
                Optional.of(next.id()),
                next.service(),
                next.version(),
                "rollout." + next.state().label(),
                Person.of(event.event()).orElse("slipway"),
                rollout.state().label(),
                next.state().label(),
                t.reason(),
                evidence(rollout, event.event(), t),
                now));
        if (next.isOver()) {
            beginNext(next, now);
        }
        return next;
    }

    /** A release that was waiting for this one's end goes from the revision that is stable by now. */
    private void beginNext(Rollout ended, Instant now) {
        Optional<RevisionId> stable = services.find(ended.service()).flatMap(ServiceStore.Service::stable);
        rollouts.queuedOf(ended.service())
                .filter(queued -> !queued.id().equals(ended.id()))
                .ifPresent(queued -> {
                    rollouts.save(queued.from(stable), queued.version());
                    rollouts.append(queued.id(), new RolloutEvent.Begin(), now);
                });
    }

    /** True when the effect was a row and is done; false when it must be carried out. */
    private boolean apply(Rollout rollout, Effect effect, Instant now) {
        return switch (effect) {
            case Effect.Converge converge -> {
                fleet.aim(rollout.service(), rollout.id(), converge.target(), now);
                rollouts.forgetFleet(rollout.id());
                yield true;
            }
            case Effect.MakeStable stable -> {
                services.makeStable(stable.revision());
                yield true;
            }
            case Effect.HoldService hold -> {
                services.hold(rollout.service(), hold.why(), now);
                yield true;
            }
            case Effect.Notify notify -> {
                notifier.tell(rollout, notify, now);
                yield true;
            }
            case Effect.RunCheck check -> false;
        };
    }

    private static Map<String, Object> evidence(Rollout before, RolloutEvent event, Transition transition) {
        Map<String, Object> evidence = new LinkedHashMap<>();
        evidence.put("event", event);
        evidence.put("effects", transition.effects());
        before.fleet().ifPresent(view -> evidence.put("fleet", view));
        if (!(event instanceof RolloutEvent.Judged || event instanceof RolloutEvent.Held)) {
            before.verdict().ifPresent(verdict -> evidence.put("verdict", verdict));
        }
        return evidence;
    }

    /** Whether the event would change anything now. */
    Transition preview(Rollout rollout, RolloutEvent event) {
        return RolloutMachine.decide(rollout.state(), event, rollout.spec(), rollouts.now());
    }
}
