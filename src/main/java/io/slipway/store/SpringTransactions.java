package io.slipway.store;

import io.slipway.control.Transactions;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/** Transactions at Postgres' default level, read committed: what must not move is locked by name. */
public final class SpringTransactions implements Transactions {
    private final PlatformTransactionManager manager;

    public SpringTransactions(PlatformTransactionManager manager) {
        this.manager = manager;
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T inOne(Work<T, E> work) throws E {
        TransactionStatus status = manager.getTransaction(new DefaultTransactionDefinition());
        boolean ran = false;
        T result;
        try {
            result = work.run();
            ran = true;
        } finally {
            if (!ran) {
                manager.rollback(status);
            }
        }
        manager.commit(status);
        return result;
    }
}
