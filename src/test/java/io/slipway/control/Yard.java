package io.slipway.control;

import io.slipway.analysis.Prices;
import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.control.Views.RolloutView;
import io.slipway.outbound.WebhookNotifier;
import io.slipway.store.Samples;
import io.slipway.store.SpringTransactions;
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
import io.slipway.store.TestDatabase;
import io.slipway.telemetry.StoredWindowSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** A whole controller over a real database and fake hosts, in virtual time: nothing happens but by {@link #second}. */
public final class Yard {
    public static final Duration LEASE = Duration.ofSeconds(15);
    private static final Prices PRICES = new Prices(0.04, 0.005, "EUR");
    public final TestDatabase database;
    public final FakeHosts hosts;
    public final Signal signal = new Signal();
    public Controller controller;
    private final Duration looks;
    /** What is done in each turn to get samples. */
    Runnable poll = () -> {};
    /** What becomes of windows on their way to the judge. */
    UnaryOperator<List<ArrivedWindow>> read = UnaryOperator.identity();

    public Yard(FakeHosts hosts) {
        this(hosts, TestDatabase.fresh(), Duration.ofSeconds(1), "first");
        database.stopClockAt(Samples.NOON);
    }

    /** On a database whose clock is moved by others, too. {@code looks}: time between two looks of the judge. */
    Yard(FakeHosts hosts, TestDatabase database, Duration looks, String holder) {
        this.database = database;
        this.hosts = hosts;
        this.looks = looks;
        this.controller = controller(holder, t -> t);
    }

    /** Another controller on the same database; {@code around} may break its transactions. */
    public Controller controller(String name, Function<Transactions, Transactions> around) {
        return new Controller(database.source(), name, around);
    }

    public RolloutView view(RolloutId id) {
        return controller.views.rollout(id).orElseThrow();
    }

    private MetricSource changed(MetricSource stored) {
        return new MetricSource() {
            @Override
            public List<ArrivedWindow> windows(RevisionId revision, Arm arm, Instant from, Instant to) {
                return read.apply(stored.windows(revision, arm, from, to));
            }

            @Override
            public List<ArrivedWindow> windows(RevisionId revision, Instant from, Instant to) {
                return read.apply(stored.windows(revision, from, to));
            }
        };
    }

    /** One second: the clock moves, hosts report, the controller turns. */
    public void second() {
        second(controller);
    }

    public void second(Controller who) {
        database.moveClock(Duration.ofSeconds(1));
        hosts.tick(database.now()).forEach(who.inbox::accept);
        who.loop.turn();
    }

    /** Time passes in steps that a lease outlives. */
    public void pass(Duration time, Duration step) {
        for (long i = time.dividedBy(step); i > 0; i--) {
            database.moveClock(step);
            hosts.tick(database.now()).forEach(controller.inbox::accept);
            controller.loop.turn();
        }
    }

    /** What people were told about a rollout: severity and code, in order of time. */
    public List<String> told(RolloutId id) {
        return database.jdbc()
                .sql("select (payload ->> 'severity') || ' ' || (payload -> 'what' ->> 'code') from effect"
                        + " where rollout = :id and kind = 'notify' order by id")
                .param("id", id.value())
                .query((row, n) -> row.getString(1))
                .list();
    }

    /** Lets time pass until the rollout is as wanted; fails after so many seconds. */
    public RolloutView until(RolloutId id, Predicate<RolloutView> wanted, int secondsMax) {
        for (int i = 0; i < secondsMax; i++) {
            RolloutView seen = view(id);
            if (wanted.test(seen)) {
                return seen;
            }
            second();
        }
        RolloutView last = view(id);
        if (wanted.test(last)) {
            return last;
        }
        throw new AssertionError("after " + secondsMax + " s rollout " + id + " is " + last.state() + ", "
                + last.reason() + ", waiting for " + last.waitingFor() + ", verdict " + last.verdict());
    }

    public RolloutView until(RolloutId id, String label, int secondsMax) {
        return until(id, view -> view.state().label().equals(label), secondsMax);
    }

    public static boolean hasCandidateTraffic(FakeHosts hosts) {
        return !hosts.backends(Arm.CANDIDATE).isEmpty();
    }

    /** All of one controller, wired by hand. */
    public final class Controller {
        public final StoredRollouts rollouts;
        public final StoredServices services;
        public final StoredFleet fleet;
        public final StoredDecisions decisions;
        public final StoredOutbox outbox;
        public final StoredLease lease;
        public final StoredRunbooks runbooks;
        public final StoredViews views;
        public final ReleaseDesk desk;
        public final FleetInbox inbox;
        public final RolloutLoop rolloutLoop;
        public final ControlLoop loop;
        public final LeaderLease leader;
        public final StoredSeries series;

        private final Function<Boolean, ReleaseDesk> desks;

        Controller(DataSource source, String name, Function<Transactions, Transactions> around) {
            JdbcClient jdbc = JdbcClient.create(source);
            Transactions transactions = around.apply(new SpringTransactions(new JdbcTransactionManager(source)));
            rollouts = new StoredRollouts(jdbc);
            services = new StoredServices(jdbc);
            fleet = new StoredFleet(jdbc);
            decisions = new StoredDecisions(jdbc);
            outbox = new StoredOutbox(jdbc);
            lease = new StoredLease(jdbc);
            runbooks = new StoredRunbooks(jdbc);
            StoredWindows windows = new StoredWindows(new JdbcTemplate(source));
            series = new StoredSeries(jdbc);
            views = new StoredViews(jdbc, fleet, windows, PRICES);
            Decider decider = new Decider(
                    rollouts, services, fleet, outbox, new WebhookNotifier(new StoredWebhooks(jdbc)), decisions);
            desks = queries -> new ReleaseDesk(transactions, rollouts, services, decisions, decider, signal, queries);
            desk = desks.apply(true);
            inbox = new FleetInbox(transactions, rollouts, fleet, windows, signal);
            rolloutLoop = new RolloutLoop(transactions, lease, rollouts, decider);
            leader = new LeaderLease(
                    lease,
                    name,
                    LEASE,
                    () -> Duration.between(Samples.NOON, database.now()).toNanos());
            loop = new ControlLoop(
                    leader,
                    new ControlLoop.Work(
                            rolloutLoop,
                            new EffectRunner(
                                    transactions,
                                    lease,
                                    rollouts,
                                    outbox,
                                    new FleetChecks(rollouts, services, fleet, 2)),
                            new FleetLoop(transactions, lease, rollouts, services, fleet, hosts, 2),
                            new JudgeLoop(
                                    transactions,
                                    lease,
                                    rollouts,
                                    fleet,
                                    new StoredFleetHolds(jdbc),
                                    changed(new StoredWindowSource(windows)),
                                    series,
                                    PRICES,
                                    looks),
                            () -> poll.run(),
                            new RunbookWriter(rollouts, decisions, runbooks),
                            new Retention(rollouts, windows, series, PRICES, Duration.ofDays(30))),
                    signal,
                    new LoopMetrics(rollouts, outbox));
        }

        /** As where no Prometheus is configured. */
        ReleaseDesk deskWithoutQueries() {
            return desks.apply(false);
        }
    }
}
