package io.slipway.sandbox.log;

/** Where a line was written to. */
public enum LogStream {
    STDOUT("stdout"),
    STDERR("stderr");

    private final String word;

    LogStream(String word) {
        this.word = word;
    }

    /** As in a log's lines and options: {@code stdout}. */
    public String word() {
        return word;
    }
}
