package io.slipway.agent;

import io.slipway.agent.Containers.Container;
import io.slipway.base.AllocationId;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.AllocationStatus.State;
import java.time.Instant;
import java.util.Optional;

/** What is said of one replica; tells when that changes. Thread-safe. */
final class ReplicaStatus {
    private final Runnable changed;
    private AllocationStatus current;

    /** @param adopted its container from before, running or ended meanwhile */
    ReplicaStatus(AllocationId id, int restarts, Optional<Container> adopted, Runnable changed) {
        this.changed = changed;
        current = new AllocationStatus(
                id,
                adopted.isPresent() ? State.STARTING : State.PREPARING,
                adopted.flatMap(Container::address),
                adopted.map(Container::pid),
                adopted.map(Container::startedAt),
                restarts,
                Optional.empty(),
                adopted.isPresent() ? "adopted; not yet asked whether it is ready" : "waiting for its image",
                Optional.empty());
    }

    synchronized AllocationStatus current() {
        return current;
    }

    /** With the same container, or the same lack of one. */
    void become(State state, String reason) {
        AllocationStatus now = current();
        say(new AllocationStatus(
                now.id(),
                state,
                now.address(),
                now.pid(),
                now.startedAt(),
                now.restarts(),
                now.exitCode(),
                reason,
                Optional.empty()));
    }

    /** A container is started. */
    void starting(int restarts, String reason) {
        AllocationStatus now = current();
        say(new AllocationStatus(
                now.id(),
                State.STARTING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                restarts,
                now.exitCode(),
                reason,
                Optional.empty()));
    }

    void started(Container container) {
        AllocationStatus now = current();
        say(new AllocationStatus(
                now.id(),
                State.STARTING,
                container.address(),
                Optional.of(container.pid()),
                Optional.of(container.startedAt()),
                now.restarts(),
                now.exitCode(),
                "started; not yet ready",
                Optional.empty()));
    }

    /** Nothing runs. */
    void down(State state, Optional<Integer> exitCode, String reason, Optional<Instant> givenUpAt) {
        AllocationStatus now = current();
        say(new AllocationStatus(
                now.id(),
                state,
                Optional.empty(),
                Optional.empty(),
                now.startedAt(),
                now.restarts(),
                exitCode,
                reason,
                givenUpAt));
    }

    private void say(AllocationStatus next) {
        synchronized (this) {
            if (next.equals(current)) {
                return;
            }
            current = next;
        }
        changed.run();
    }
}
