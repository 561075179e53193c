package io.slipway.store;

import io.slipway.control.Transactions;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs work again when Postgres broke its transaction off for the sake of another. Only for work that does nothing but read and write
 * rows: what was broken off left none behind.
 */
public final class PatientTransactions implements Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(PatientTransactions.class);
    private static final int ATTEMPTS_MAX = 4;

    /** {@code deadlock_detected} and {@code serialization_failure}: PostgreSQL manual, appendix A. */
    private static final Set<String> BROKEN_OFF = Set.of("40P01", "40001");

    private final Transactions transactions;

    public PatientTransactions(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T inOne(Work<T, E> work) throws E {
        // What was joined is broken off as a whole: only who began it can run it again.
        int attempts = TransactionSynchronizationManager.isActualTransactionActive() ? 1 : ATTEMPTS_MAX;
        for (int attempt = 1; ; attempt++) {
            try {
                return transactions.inOne(work);
            } catch (RuntimeException e) {
                if (attempt >= attempts || !isBrokenOff(e)) {
                    throw e;
                }
                LOG.warn("Postgres broke a transaction off for another, and nothing of it is stored; run again", e);
            }
        }
    }

    private static boolean isBrokenOff(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && BROKEN_OFF.contains(String.valueOf(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }
}
