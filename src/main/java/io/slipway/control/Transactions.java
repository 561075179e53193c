package io.slipway.control;

import org.jspecify.annotations.Nullable;

/**
 * Runs work in one database transaction: all of it is committed, or none. Work inside joins the transaction of its thread.
 *
 * <p>Rows are locked in one order, or two transactions wait for each other: the lease, the service, its rollouts, the chain of decisions.
 * A rollout is never locked for a decision before its service is. The fleet's pass alone writes rollouts of many services, and waits for
 * nothing else after that. No lock is of the kind that keeps foreign keys from pointing to its row.
 */
public interface Transactions {
    /** Commits when {@code work} returns; rolls back and throws on what it throws. */
    <T extends @Nullable Object, E extends Exception> T inOne(Work<T, E> work) throws E;

    /** What is done in one transaction. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object, E extends Exception> {
        T run() throws E;
    }
}
