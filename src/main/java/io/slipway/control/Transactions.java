package io.slipway.control;

import org.jspecify.annotations.Nullable;

/** Runs work in one database transaction: all of it is committed, or none. Work inside joins the transaction of its thread. */
public interface Transactions {
    /** Commits when {@code work} returns; rolls back and throws on what it throws. */
    <T extends @Nullable Object, E extends Exception> T inOne(Work<T, E> work) throws E;

    /** What is done in one transaction. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object, E extends Exception> {
        T run() throws E;
    }
}
