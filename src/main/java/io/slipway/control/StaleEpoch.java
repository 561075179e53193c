package io.slipway.control;

import io.slipway.base.Epoch;

/** A leader found that it no longer leads. Its transaction is rolled back; nothing was changed. */
public final class StaleEpoch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StaleEpoch(Epoch epoch) {
        super("epoch " + epoch.value()
                + " is not the newest any more: another controller leads, this one changed nothing and steps down");
    }
}
