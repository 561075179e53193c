package io.slipway.sandbox.doctor;

/**
 * What was found of one thing that a machine may offer.
 *
 * @param area heading, e.g. {@code namespaces}
 * @param subject e.g. {@code user namespace}
 * @param found as it was seen, e.g. {@code clone3: EPERM (operation not permitted)}
 * @param off what does not work for lack of it; empty when nothing is lacking
 * @param mend what to do about it; empty when nothing is to be done
 */
public record Finding(String area, String subject, State state, String found, String off, String mend) {
    /** How it stands, from best to worst. */
    public enum State {
        GOOD,
        /** Could not be looked at, mostly for lack of root. */
        UNKNOWN,
        /** Something is off for lack of it. */
        LIMITED,
        /** No container can be run for lack of it. */
        MISSING
    }

    static Finding good(String area, String subject, String found) {
        return new Finding(area, subject, State.GOOD, found, "", "");
    }

    static Finding unknown(String area, String subject, String why) {
        return new Finding(area, subject, State.UNKNOWN, why, "", "run slipway doctor as root to see");
    }

    static Finding limited(String area, String subject, String found, String off, String mend) {
        return new Finding(area, subject, State.LIMITED, found, off, mend);
    }

    static Finding missing(String area, String subject, String found, String mend) {
        return new Finding(area, subject, State.MISSING, found, "no container can be run", mend);
    }
}
