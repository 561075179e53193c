package io.slipway.sandbox;

/** Where a process is killed in the middle of an operation. */
public enum Blow {
    /** After one of the system calls that our own code makes, those that change nothing too. */
    CALL("after a call of ours"),
    /** While the child stands before a call of its program. */
    STEP("before a call of the child"),
    /** At the end of a system call that changes something, whoever in the process makes it: our code, the JDK or the clone of the child. */
    CHANGE("after a change by anyone");

    private final String words;

    Blow(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
