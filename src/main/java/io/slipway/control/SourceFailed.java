package io.slipway.control;

/** A source could not be asked, or its answer is of no use; the message says why, and what to do. */
public final class SourceFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    public SourceFailed(String why) {
        super(why);
        this.why = why;
    }

    public String why() {
        return why;
    }
}
