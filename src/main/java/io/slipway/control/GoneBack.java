package io.slipway.control;

import io.slipway.base.RevisionId;
import io.slipway.control.Refused.Kind;
import io.slipway.control.Releases.Back;
import io.slipway.release.Units;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutState.Ended;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Keeps two people who press the red button for the same trouble from taking a service back twice as far. */
final class GoneBack {
    /** People who are called at once look within that time. */
    private static final Duration SAME_TROUBLE = Duration.ofMinutes(5);

    private GoneBack() {}

    /** Whether the rollout under way is going back already as is wanted. To undo it, one names the revision it goes back from. */
    static boolean isMeantBy(Rollout active, Back back) {
        return isGoingBack(active)
                && back.to().map(n -> n == active.revision().number()).orElse(true)
                && back.from()
                        .map(n -> n == active.stable().orElseThrow().number())
                        .orElse(true);
    }

    /** Only going back leads to an older number: each release gets a new one. */
    private static boolean isGoingBack(Rollout rollout) {
        return rollout.stable()
                .filter(stable -> stable.number() > rollout.revision().number())
                .isPresent();
    }

    static void refuseUnlessFrom(RevisionId serving, Back back) throws Refused {
        if (back.from().filter(n -> n != serving.number()).isPresent()) {
            throw new Refused(
                    Kind.WRONG_STATE,
                    serving.service() + " is no longer at r" + back.from().get() + " but at " + serving.label()
                            + ", so this revert was not done. Look again; to go back from " + serving.label()
                            + " all the same, ask from there.");
        }
    }

    static void refuseJustAfter(Optional<Rollout> latest, RevisionId serving, Instant now) throws Refused {
        Optional<Rollout> just = latest.filter(GoneBack::hasGoneBack)
                .filter(r -> r.updatedAt().plus(SAME_TROUBLE).isAfter(now));
        if (just.isPresent()) {
            long seconds = Duration.between(just.get().updatedAt(), now).toSeconds();
            throw new Refused(
                    Kind.WRONG_STATE,
                    serving.service() + " went back to " + serving.label() + " "
                            + Units.render(Duration.ofSeconds(seconds))
                            + " ago (rollout " + just.get().id()
                            + "), so this revert was not done: it may mean the same."
                            + " To go back further, name the revision: slipway revert " + serving.service()
                            + " --to N --reason ..., or \"to\": N in the request.");
        }
    }

    private static boolean hasGoneBack(Rollout rollout) {
        return rollout.state() instanceof Ended ended
                && (ended.ending() == Ending.REVERTED || (ended.ending() == Ending.SETTLED && isGoingBack(rollout)));
    }
}
