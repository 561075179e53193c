package io.slipway.release;

import io.slipway.release.RestartPolicy.StartLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The starts and ends of one process so far, as far as they decide about the next start. To be kept where it outlives whoever starts it.
 *
 * @param restarts starts but the first
 * @param quickEnds ends in a row, each before it had run for as long as the policy's longest pause
 * @param windowAt when the time of the start limit began
 * @param windowStarts starts since then
 * @param notBefore earliest time of the next start
 * @param over why it is not started any more
 */
public record StartHistory(
        int restarts,
        int quickEnds,
        Optional<Instant> windowAt,
        int windowStarts,
        Optional<Instant> notBefore,
        Optional<String> over) {
    /** Before the first start. */
    public static final StartHistory NONE =
            new StartHistory(0, 0, Optional.empty(), 0, Optional.empty(), Optional.empty());

    /** What comes after an end. */
    public sealed interface Next {
        /** With what is known from now on. */
        StartHistory history();

        /** It is started again after a pause. */
        record Again(StartHistory history, Duration pause) implements Next {}

        /**
         * It is not.
         *
         * @param failed false when that is how it should be
         */
        record Over(StartHistory history, boolean failed) implements Next {}
    }

    /** To be kept before it is started: a start that nobody remembers would be one too many. */
    public StartHistory starting(Instant now, RestartPolicy policy) {
        boolean again = windowStarts > 0;
        boolean within = again && inWindow(now, policy);
        return new StartHistory(
                again ? restarts + 1 : restarts,
                quickEnds,
                within ? windowAt : Optional.of(now),
                within ? windowStarts + 1 : 1,
                Optional.empty(),
                Optional.empty());
    }

    /** Whether a start is remembered of which the end is not known yet. */
    public boolean open() {
        return windowStarts > 0 && notBefore.isEmpty() && over.isEmpty();
    }

    /** @param ran how long it had run */
    public Next ended(Ending how, Duration ran, RestartPolicy policy, Instant now) {
        if (policy.on() == RestartPolicy.On.NEVER) {
            return over(how.text() + "; not started again: its restart policy is never", how.failure());
        }
        if (policy.on() == RestartPolicy.On.FAILURE && !how.failure()) {
            return over(
                    how.text() + "; not started again: that is no failure, and its restart policy is on-failure",
                    false);
        }
        int before = ran.compareTo(policy.last()) >= 0 ? 0 : quickEnds;
        Duration pause = policy.pause(before);
        Instant next = now.plus(pause);
        Optional<StartLimit> reached =
                policy.limit().filter(it -> windowStarts >= it.starts() && inWindow(next, policy));
        if (reached.isPresent()) {
            return over("start limit reached, " + text(reached.get()) + "; last: " + how.text(), true);
        }
        StartHistory history =
                new StartHistory(restarts, before + 1, windowAt, windowStarts, Optional.of(next), Optional.empty());
        return new Next.Again(history, pause);
    }

    private Next.Over over(String why, boolean failed) {
        return new Next.Over(
                new StartHistory(restarts, quickEnds, windowAt, windowStarts, Optional.empty(), Optional.of(why)),
                failed);
    }

    private boolean inWindow(Instant at, RestartPolicy policy) {
        // A clock that was set back would otherwise keep it open for longer than it lasts.
        return policy.limit().isPresent()
                && windowAt.isPresent()
                && Duration.between(windowAt.get(), at)
                                .abs()
                                .compareTo(policy.limit().get().within())
                        <= 0;
    }

    private static String text(StartLimit limit) {
        return limit.starts() + (limit.starts() == 1 ? " start" : " starts") + " within "
                + Units.render(limit.within());
    }
}
