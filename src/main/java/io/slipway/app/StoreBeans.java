package io.slipway.app;

import io.slipway.control.Transactions;
import io.slipway.store.SpringTransactions;
import io.slipway.store.StoredDecisions;
import io.slipway.store.StoredFleet;
import io.slipway.store.StoredFleetHolds;
import io.slipway.store.StoredIdempotencyKeys;
import io.slipway.store.StoredLease;
import io.slipway.store.StoredOutbox;
import io.slipway.store.StoredRollouts;
import io.slipway.store.StoredRunbooks;
import io.slipway.store.StoredSeries;
import io.slipway.store.StoredServices;
import io.slipway.store.StoredTokens;
import io.slipway.store.StoredWebhooks;
import io.slipway.store.StoredWindows;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** The repositories, over Spring Boot's JdbcClient, JdbcTemplate and transaction manager. */
@Configuration(proxyBeanMethods = false)
class StoreBeans {
    @Bean
    Transactions transactions(PlatformTransactionManager manager) {
        return new SpringTransactions(manager);
    }

    @Bean
    StoredRollouts storedRollouts(JdbcClient jdbc) {
        return new StoredRollouts(jdbc);
    }

    @Bean
    StoredServices storedServices(JdbcClient jdbc) {
        return new StoredServices(jdbc);
    }

    @Bean
    StoredFleet storedFleet(JdbcClient jdbc) {
        return new StoredFleet(jdbc);
    }

    @Bean
    StoredFleetHolds storedFleetHolds(JdbcClient jdbc) {
        return new StoredFleetHolds(jdbc);
    }

    @Bean
    StoredDecisions storedDecisions(JdbcClient jdbc) {
        return new StoredDecisions(jdbc);
    }

    @Bean
    StoredOutbox storedOutbox(JdbcClient jdbc) {
        return new StoredOutbox(jdbc);
    }

    @Bean
    StoredLease storedLease(JdbcClient jdbc) {
        return new StoredLease(jdbc);
    }

    @Bean
    StoredRunbooks storedRunbooks(JdbcClient jdbc) {
        return new StoredRunbooks(jdbc);
    }

    @Bean
    StoredWindows storedWindows(JdbcTemplate template) {
        return new StoredWindows(template);
    }

    @Bean
    StoredSeries storedSeries(JdbcClient jdbc) {
        return new StoredSeries(jdbc);
    }

    @Bean
    StoredWebhooks storedWebhooks(JdbcClient jdbc) {
        return new StoredWebhooks(jdbc);
    }

    @Bean
    StoredTokens storedTokens(JdbcClient jdbc) {
        return new StoredTokens(jdbc);
    }

    @Bean
    StoredIdempotencyKeys storedIdempotencyKeys(JdbcClient jdbc) {
        return new StoredIdempotencyKeys(jdbc);
    }
}
