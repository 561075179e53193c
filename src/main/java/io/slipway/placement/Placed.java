package io.slipway.placement;

import java.util.Optional;

/** A replica that is assigned now, and what its host last said of it. */
public record Placed(Allocation allocation, Optional<AllocationStatus.State> state) {
    /** Over, so that another must take its place. One of which nothing is known is not dead. */
    boolean isOver() {
        return state.filter(it -> it == AllocationStatus.State.ENDED || it == AllocationStatus.State.FAILED)
                .isPresent();
    }

    boolean isReady() {
        return state.filter(AllocationStatus.State.READY::equals).isPresent();
    }
}
