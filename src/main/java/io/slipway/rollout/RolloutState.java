package io.slipway.rollout;

import io.slipway.base.Reason;
import io.slipway.release.Check;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Where a rollout is. Each state carries all that it needs to go on after a restart. */
public sealed interface RolloutState {
    /** The revisions in question and what has been reached; carried through every state. */
    Course course();

    /** Stored, not begun. */
    record Queued(Course course) implements RolloutState {}

    /** {@code remaining} checks run in order, the first of them now, until {@code deadline}. */
    record Checking(Course course, List<Check> remaining, Instant deadline) implements RolloutState {}

    /** At step {@code step}, a weight: replicas are starting; traffic shifts when all are ready, or it fails at {@code deadline}. */
    record Starting(Course course, int step, Instant deadline) implements RolloutState {}

    /** At step {@code step}, a weight: replicas are ready, the edge has been told and has not yet confirmed. */
    record Shifting(Course course, int step, Instant deadline) implements RolloutState {}

    /** At step {@code step}, a hold. */
    record Holding(Course course, int step, Instant until) implements RolloutState {}

    /**
     * At step {@code step}, a gate; aborts for lack of evidence at {@code deadline}.
     *
     * @param trouble what keeps it from being judged; empty when nothing does
     * @param told troubles that people were told of, with the time: not again soon
     */
    record Gating(Course course, int step, Instant deadline, String trouble, Map<String, Instant> told)
            implements RolloutState {
        /** Rows of before have neither {@code trouble} nor {@code told}. */
        public Gating {
            trouble = Objects.requireNonNullElse(trouble, "");
            told = Map.copyOf(Objects.requireNonNullElse(told, Map.of()));
        }

        public Gating(Course course, int step, Instant deadline) {
            this(course, step, deadline, "", Map.of());
        }
    }

    /** At step {@code step}, an approval. */
    record AwaitingApproval(Course course, int step, Instant deadline) implements RolloutState {}

    /** Held by a person; {@code resumeTo} is where it goes on, with its deadlines moved by the time spent here since {@code since}. */
    record Paused(Course course, RolloutState resumeTo, Instant since, Reason why) implements RolloutState {}

    /**
     * Promoted; compared until {@code deadline}.
     *
     * @param proven healthy at the last look
     * @param told troubles that people were told of, with the time: not again soon
     */
    record Watching(Course course, Instant since, Instant deadline, boolean proven, Map<String, Instant> told)
            implements RolloutState {
        /** Rows of before have no {@code told}. */
        public Watching {
            told = Map.copyOf(Objects.requireNonNullElse(told, Map.of()));
        }

        public Watching(Course course, Instant since, Instant deadline, boolean proven) {
            this(course, since, deadline, proven, Map.of());
        }
    }

    /**
     * Traffic is going back to the stable revision, then the others are stopped; {@code then} is the ending that follows.
     *
     * @param since when the revert, or once {@code shifted} the stopping, began
     * @param shifted every edge has confirmed that nothing goes to the candidate any more
     */
    record Reverting(Course course, Reason why, Instant since, Ending then, boolean shifted) implements RolloutState {}

    /** Over. */
    record Ended(Course course, Ending ending, Reason why, Instant at) implements RolloutState {}

    /** The public name of the state (contract.md): queued, checking, rolling, gating, ... */
    default String label() {
        return switch (this) {
            case Queued q -> "queued";
            case Checking c -> "checking";
            case Starting s -> "rolling";
            case Shifting s -> "rolling";
            case Holding h -> "rolling";
            case Gating g -> "gating";
            case AwaitingApproval a -> "awaiting-approval";
            case Paused p -> "paused";
            case Watching w -> "watching";
            case Reverting r -> "reverting";
            case Ended e -> e.ending().label();
        };
    }

    /** Over for good. An unproven one is not: it keeps its replicas and its traffic until its owner accepts, extends or reverts. */
    default boolean isOver() {
        return this instanceof Ended e && e.ending() != Ending.UNPROVEN;
    }
}
