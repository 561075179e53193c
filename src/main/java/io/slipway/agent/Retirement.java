package io.slipway.agent;

import io.slipway.agent.Containers.Container;
import io.slipway.base.AllocationId;
import io.slipway.base.Generation;
import java.io.IOException;
import java.time.Duration;

/**
 * Ends a replica without losing a request: first the edge must have confirmed routes without it, then what it still answers may finish, then the
 * stop signal.
 */
record Retirement(RouteKeeper routes, Edge edge) {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration ROUTES_LOOK = Duration.ofSeconds(1);

    /** True once the edge sends it nothing new and it answers nothing more, or {@code grace} has passed since the former. */
    boolean drained(AllocationId allocation, Generation without, Duration grace) throws InterruptedException {
        if (!routes.await(without, ROUTES_LOOK)) {
            return false;
        }
        long deadlineNanos = System.nanoTime() + grace.toNanos();
        while (inFlight(allocation) && System.nanoTime() - deadlineNanos < 0) {
            Thread.sleep(LOOK_EVERY);
        }
        return true;
    }

    private boolean inFlight(AllocationId allocation) throws InterruptedException {
        try {
            return edge.inFlight(allocation) > 0;
        } catch (IOException e) {
            // An edge that is away sends nothing; until it says so, its requests may still be there.
            return true;
        }
    }

    static void end(Container container, String signal, Duration grace) throws IOException, InterruptedException {
        if (!container.exit().isDone()) {
            container.stop(signal, grace);
        }
    }
}
