package io.slipway.base;

/** A service's revision; numbers begin at 1 and are never used again. Shown as {@code r42}. */
public record RevisionId(ServiceName service, int number) {
    public RevisionId {
        if (number < 1) {
            throw new IllegalArgumentException("revision number " + number + " is below 1");
        }
    }

    public String label() {
        return "r" + number;
    }

    @Override
    public String toString() {
        return service + " " + label();
    }
}
