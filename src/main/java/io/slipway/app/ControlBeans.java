package io.slipway.app;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.slipway.control.ControlLoop;
import io.slipway.control.Decider;
import io.slipway.control.EffectRunner;
import io.slipway.control.FleetChecks;
import io.slipway.control.FleetInbox;
import io.slipway.control.FleetLoop;
import io.slipway.control.HostGateway;
import io.slipway.control.HostInbox;
import io.slipway.control.JudgeLoop;
import io.slipway.control.LeaderLease;
import io.slipway.control.LoopMetrics;
import io.slipway.control.MetricSource;
import io.slipway.control.QueryPoll;
import io.slipway.control.ReleaseDesk;
import io.slipway.control.Retention;
import io.slipway.control.RolloutLoop;
import io.slipway.control.RunbookWriter;
import io.slipway.control.SeriesPoll;
import io.slipway.control.Signal;
import io.slipway.control.Transactions;
import io.slipway.control.Webhooks;
import io.slipway.outbound.CheckedWebhooks;
import io.slipway.outbound.DeliveryLoop;
import io.slipway.outbound.WebhookAddress;
import io.slipway.outbound.WebhookNotifier;
import io.slipway.store.PatientTransactions;
import io.slipway.store.StoredDecisions;
import io.slipway.store.StoredFleet;
import io.slipway.store.StoredFleetHolds;
import io.slipway.store.StoredLease;
import io.slipway.store.StoredOutbox;
import io.slipway.store.StoredRollouts;
import io.slipway.store.StoredRunbooks;
import io.slipway.store.StoredSeries;
import io.slipway.store.StoredServices;
import io.slipway.store.StoredViews;
import io.slipway.store.StoredWebhooks;
import io.slipway.store.StoredWindows;
import io.slipway.telemetry.Prometheus;
import io.slipway.telemetry.StoredWindowSource;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The controller's loops and desks. Whoever imports this provides a {@link HostGateway}. */
@Configuration(proxyBeanMethods = false)
@Import({StoreBeans.class, StandardProcedures.class})
class ControlBeans {
    @Bean
    ControlSettings controlSettings(Environment environment) {
        return ControlSettings.of(environment);
    }

    @Bean
    Signal controlSignal() {
        return new Signal();
    }

    @Bean
    WebhookAddress webhookAddress(ControlSettings settings) {
        return new WebhookAddress(settings.webhooksAllowPrivate());
    }

    @Bean
    @Primary
    Webhooks webhooks(StoredWebhooks stored, WebhookAddress addresses) {
        return new CheckedWebhooks(stored, addresses);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    DeliveryLoop deliveryLoop(StoredWebhooks queue, WebhookAddress addresses) {
        return new DeliveryLoop(queue, addresses, Clock.systemUTC(), new SecureRandom());
    }

    @Bean
    Decider decider(
            StoredRollouts rollouts,
            StoredServices services,
            StoredFleet fleet,
            StoredOutbox outbox,
            StoredWebhooks queue,
            StoredDecisions decisions) {
        return new Decider(rollouts, services, fleet, outbox, new WebhookNotifier(queue), decisions);
    }

    @Bean
    ReleaseDesk releaseDesk(
            Transactions transactions,
            StoredRollouts rollouts,
            StoredServices services,
            StoredDecisions decisions,
            Decider decider,
            Signal signal,
            ControlSettings settings) {
        boolean asksQueries = settings.prometheus().isPresent();
        return new ReleaseDesk(
                new PatientTransactions(transactions), rollouts, services, decisions, decider, signal, asksQueries);
    }

    @Bean
    HostInbox hostInbox(
            Transactions transactions,
            StoredRollouts rollouts,
            StoredFleet fleet,
            StoredWindows windows,
            Signal signal) {
        return new FleetInbox(transactions, rollouts, fleet, windows, signal);
    }

    @Bean
    MetricSource metricSource(StoredWindows windows) {
        return new StoredWindowSource(windows);
    }

    @Bean
    StoredViews views(JdbcClient jdbc, StoredFleet fleet, StoredWindows windows, ControlSettings settings) {
        return new StoredViews(jdbc, fleet, windows, settings.prices());
    }

    @Bean
    LoopMetrics loopMetrics(StoredRollouts rollouts, StoredOutbox outbox) {
        return new LoopMetrics(rollouts, outbox);
    }

    @Bean
    FleetLoop fleetLoop(
            Transactions transactions,
            StoredLease lease,
            StoredRollouts rollouts,
            StoredServices services,
            StoredFleet fleet,
            HostGateway gateway,
            ControlSettings settings) {
        return new FleetLoop(transactions, lease, rollouts, services, fleet, gateway, settings.cpuOvercommit());
    }

    @Bean
    EffectRunner effectRunner(
            Transactions transactions,
            StoredLease lease,
            StoredRollouts rollouts,
            StoredServices services,
            StoredFleet fleet,
            StoredOutbox outbox,
            ControlSettings settings) {
        FleetChecks checks = new FleetChecks(rollouts, services, fleet, settings.cpuOvercommit());
        return new EffectRunner(transactions, lease, rollouts, outbox, checks);
    }

    @Bean
    JudgeLoop judgeLoop(
            Transactions transactions,
            StoredLease lease,
            StoredRollouts rollouts,
            StoredFleet fleet,
            StoredFleetHolds holds,
            MetricSource metrics,
            StoredSeries series,
            ControlSettings settings) {
        return new JudgeLoop(
                transactions,
                lease,
                rollouts,
                fleet,
                holds,
                metrics,
                series,
                settings.prices(),
                settings.lookInterval());
    }

    @Bean
    SeriesPoll seriesPoll(ControlSettings settings, StoredRollouts rollouts, StoredSeries series) {
        return settings.prometheus()
                .<SeriesPoll>map(p -> new QueryPoll(new Prometheus(p), rollouts, series))
                .orElse(SeriesPoll.NONE);
    }

    @Bean
    MeterBinder seriesMetrics(SeriesPoll poll) {
        return registry -> {
            if (poll instanceof MeterBinder meters) {
                meters.bindTo(registry);
            }
        };
    }

    @Bean
    ControlLoop.Work controlWork(
            Transactions transactions,
            StoredLease lease,
            StoredRollouts rollouts,
            Decider decider,
            EffectRunner effects,
            FleetLoop fleet,
            JudgeLoop judge,
            SeriesPoll poll,
            StoredSeries series,
            StoredDecisions decisions,
            StoredRunbooks runbooks,
            StoredWindows windows,
            ControlSettings settings) {
        return new ControlLoop.Work(
                new RolloutLoop(transactions, lease, rollouts, decider),
                effects,
                fleet,
                judge,
                poll,
                new RunbookWriter(rollouts, decisions, runbooks),
                new Retention(rollouts, windows, series, settings.prices(), settings.windowsKept()));
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    ControlLoop controlLoop(
            StoredLease lease, ControlLoop.Work work, Signal signal, LoopMetrics metrics, ControlSettings settings) {
        // A name of its own for each run: a restarted controller must not take itself for the one that was killed.
        String holder = "controller-" + UUID.randomUUID();
        return new ControlLoop(
                new LeaderLease(lease, holder, settings.leaseLength(), System::nanoTime), work, signal, metrics);
    }
}
