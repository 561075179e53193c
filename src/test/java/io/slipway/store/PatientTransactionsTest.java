package io.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.base.ServiceName;
import io.slipway.control.Transactions;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;

class PatientTransactionsTest {
    private final TestDatabase database = TestDatabase.fresh();
    private final StoredServices services = new StoredServices(database.jdbc());
    private final Transactions transactions =
            new PatientTransactions(new SpringTransactions(new JdbcTransactionManager(database.source())));
    private final AtomicInteger runs = new AtomicInteger();
    private final CyclicBarrier bothHoldOne = new CyclicBarrier(2);

    private String lock(String first, String second) throws Exception {
        return transactions.inOne(() -> {
            services.lock(new ServiceName(first), "alice");
            if (runs.incrementAndGet() <= 2) {
                bothHoldOne.await();
            }
            return services.lock(new ServiceName(second), "alice").name().value();
        });
    }

    @Test
    void what_postgres_breaks_off_for_another_transaction_is_run_again() throws Exception {
        for (String name : List.of("a", "b")) {
            transactions.inOne(() -> services.lock(new ServiceName(name), "alice"));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<String> one = threads.submit(() -> lock("a", "b"));
            Future<String> other = threads.submit(() -> lock("b", "a"));
            assertThat(one.get()).isEqualTo("b");
            assertThat(other.get()).isEqualTo("a");
        }
        // The one that was broken off may be the first again at the row that the other waits for, and both be where
        // they were.
        assertThat(runs.get()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void any_other_failure_is_told_at_once() {
        assertThatThrownBy(() -> transactions.inOne(() -> {
                    runs.incrementAndGet();
                    return database.jdbc()
                            .sql("select 1 / 0")
                            .query(Integer.class)
                            .single();
                }))
                .hasMessageContaining("division by zero");
        assertThat(runs.get()).isEqualTo(1);
    }
}
