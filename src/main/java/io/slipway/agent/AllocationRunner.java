package io.slipway.agent;

import io.slipway.agent.Containers.Container;
import io.slipway.agent.Containers.Exit;
import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.AllocationStatus.State;
import io.slipway.release.Ending;
import io.slipway.release.ProcessSpec;
import io.slipway.release.Resources;
import io.slipway.release.RestartPolicy;
import io.slipway.release.StartHistory;
import io.slipway.release.StartHistory.Next;
import io.slipway.sandbox.ContainerEvent.Kind;
import io.slipway.sandbox.health.Finding;
import io.slipway.sandbox.health.HealthWatch;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One replica's life on its host, in a virtual thread of its own.
 *
 * <pre>
 *   PREPARING -image-> STARTING -health checks-> READY -exit, or sick and stopped-> ENDED -back-off-> STARTING ...
 *        |                                                                            +-start limit-> FAILED
 *        any of them -removed from the assignments-> STOPPING: drain, signal, grace, kill, gone
 * </pre>
 *
 * What follows an end is decided by {@link StartHistory}, how the container is by {@link HealthWatch}. Whatever it is doing, the container is never
 * taken down by the agent's own end.
 */
final class AllocationRunner implements Runnable {
    private static final Logger LOG = Logger.getLogger(AllocationRunner.class.getName());
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Host host;
    private final ReplicaStatus status;
    /** Open once it is found out how an adopted container is. */
    private final CountDownLatch known;
    /** One that runs already is not judged by the time that a new one may take. */
    private @Nullable Container adopted;

    private Allocation allocation;
    private @Nullable Container container;
    private Life life;
    /** A start is remembered that the end of an agent cut off before there was a container: it is that one that is made, not one more. */
    private boolean cut;

    private @Nullable Generation removedBy;
    private boolean closed;

    /** What the runners of one host share. */
    record Host(
            Containers containers,
            ImageKeeper images,
            Retirement retirement,
            AgentOptions options,
            WindowMeter meter,
            LifeFiles lives,
            Clock clock,
            Runnable changed,
            Consumer<AllocationRunner> gone) {}

    /**
     * How a container came to its end.
     *
     * @param container absent when none was started
     */
    private record End(Ending how, Optional<Container> container, Optional<Integer> code, Instant at) {}

    /** @param adopted its container from before, running or ended meanwhile */
    AllocationRunner(Host host, Allocation allocation, Optional<Container> adopted) {
        this.host = host;
        this.allocation = allocation;
        this.adopted = adopted.orElse(null);
        this.container = adopted.orElse(null);
        this.known = new CountDownLatch(adopted.isPresent() ? 1 : 0);
        this.life = host.lives.read(allocation.id());
        this.cut = adopted.isEmpty() && life.history().open();
        this.status = new ReplicaStatus(allocation.id(), life.history().restarts(), adopted, host.changed);
        adopted.ifPresent(c -> c.exit().whenComplete((exit, e) -> wake()));
    }

    /** For a container that no assignment lists: it is only taken down. */
    static AllocationRunner retiring(Host host, Container orphan, HostName name, Generation without) {
        AllocationRunner runner = new AllocationRunner(host, unlisted(orphan.allocation(), name), Optional.of(orphan));
        runner.remove(without);
        return runner;
    }

    private static Allocation unlisted(AllocationId id, HostName name) {
        ProcessSpec spec = ProcessSpec.of(
                List.of(), 0, Map.of(), new Resources(0, 0, 0), Optional.empty(), "SIGTERM", Duration.ofSeconds(10));
        RevisionId unknown = new RevisionId(new ServiceName("unassigned"), 1);
        return new Allocation(id, unknown, Arm.STABLE, name, "", spec, "", Map.of(), false);
    }

    AllocationId id() {
        return allocation.id();
    }

    /**
     * Waits, up to a moment of {@link System#nanoTime}, until the status tells how an adopted container is. Before that it says starting, and
     * whoever is told so of one that serves takes it out of the routes.
     */
    void awaitKnown(long deadlineNanos) throws InterruptedException {
        long leftNanos = deadlineNanos - System.nanoTime();
        if (!known.await(leftNanos, TimeUnit.NANOSECONDS)) {
            LOG.log(
                    Level.WARNING,
                    "adopted container of allocation {0} does not yet answer; reported as starting",
                    id());
        }
    }

    AllocationStatus status() {
        return status.current();
    }

    /** Empty while no container is there to be measured. */
    synchronized Optional<WindowMeter.Replica> replica() {
        // Of what no assignment lists nobody knows whose costs it makes.
        return Optional.ofNullable(allocation.process().isEmpty() ? null : container)
                .map(c -> new WindowMeter.Replica(
                        c, allocation.revision(), allocation.arm(), status().state() == State.READY));
    }

    /** Takes over the arm; nothing else of an allocation changes. */
    synchronized void update(Allocation newer) {
        allocation = allocation.withArm(newer.arm());
    }

    /** Begins to end it, once the edge has confirmed this generation's routes. */
    synchronized void remove(Generation generation) {
        if (removedBy == null) {
            removedBy = generation;
            notifyAll();
        }
    }

    /** Ends the thread; the container goes on. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    @Override
    public void run() {
        try {
            while (!leaving()) {
                live();
            }
            known.countDown();
            if (!isClosed()) {
                retire();
            }
            if (!isClosed()) {
                host.lives.forget(id());
                host.gone.accept(this);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "allocation " + id() + " is no longer looked after: restart the agent", e);
            status.become(State.FAILED, "the agent failed: " + e);
        }
    }

    private void live() throws InterruptedException {
        Container current = container;
        Optional<End> end;
        if (current != null) {
            end = serve(current);
        } else if (awaitTurn() && awaitImage()) {
            end = start();
        } else {
            return;
        }
        if (end.isPresent()) {
            conclude(end.get());
        }
    }

    /** Until its history allows a start; false when it never will. */
    private boolean awaitTurn() throws InterruptedException {
        StartHistory history = life.history();
        if (history.over().isPresent()) {
            State state = life.failed() ? State.FAILED : State.ENDED;
            status.down(state, life.exitCode(), history.over().get(), life.givenUpAt());
            await(FOREVER, this::leaving);
            return false;
        }
        if (history.notBefore().isPresent()) {
            Duration pause =
                    Duration.between(host.clock.instant(), history.notBefore().get());
            // A clock that was set back would make it longer than any pause is.
            Duration longest = policy().last();
            await(pause.compareTo(longest) < 0 ? pause : longest, this::leaving);
        }
        return !leaving();
    }

    private boolean awaitImage() throws InterruptedException {
        while (!leaving() && !host.images.await(allocation.image(), Duration.ofMillis(200))) {
            String failure = host.images.failure(allocation.image());
            if (!failure.isEmpty()) {
                status.become(State.FAILED, "image " + allocation.image() + ": " + failure);
            }
        }
        return !leaving();
    }

    /** Brings up a container; tells of its end when it could not. */
    private Optional<End> start() throws InterruptedException {
        String before = status().reason();
        if (!cut) {
            remember(life.with(life.history().starting(host.clock.instant(), policy())));
        }
        cut = false;
        int restarts = life.history().restarts();
        status.starting(restarts, restarts == 0 ? "starting" : "again, after: " + before);
        try {
            Container started = host.containers.start(allocation);
            started.exit().whenComplete((exit, e) -> wake());
            hold(started);
            status.started(started);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(new End(
                    Ending.failed(String.valueOf(e.getMessage())),
                    Optional.empty(),
                    status().exitCode(),
                    host.clock.instant()));
        }
    }

    /** Empty when it was left running because the runner is to leave. */
    private Optional<End> serve(Container running) throws InterruptedException {
        boolean old = running.equals(adopted);
        adopted = null;
        Optional<Duration> readyWithin = old ? Optional.empty() : Optional.of(host.options.startWithin());
        try (HealthWatch watch = new HealthWatch(
                ReplicaHealth.plan(allocation.spec(), readyWithin), running::ask, finding -> wake(), answer -> {})) {
            if (!running.exit().isDone() && life.condemned().isEmpty()) {
                watch.start();
            }
            while (!leaving()) {
                Finding finding = watch.finding();
                if (running.exit().isDone() && life.condemned().isEmpty()) {
                    return Optional.of(ended(running));
                }
                if (finding instanceof Finding.Sick sick) {
                    remember(life.condemned(sick.why()));
                }
                if (life.condemned().isPresent()) {
                    return putDown(running, life.condemned().get());
                }
                show(running, finding);
                await(
                        FOREVER,
                        () -> leaving()
                                || running.exit().isDone()
                                || !watch.finding().equals(finding));
            }
            return Optional.empty();
        }
    }

    private void show(Container running, Finding finding) {
        boolean ready = status().state() == State.READY;
        switch (finding) {
            case Finding.Ready _ -> {
                status.become(State.READY, readiness());
                if (!ready) {
                    running.tell(Kind.HEALTHY, "");
                }
            }
            case Finding.Unready it -> {
                status.become(State.STARTING, ready ? "no longer ready: " + it.why() : it.why());
                if (ready) {
                    running.tell(Kind.UNHEALTHY, it.why());
                }
            }
            case Finding.Starting it -> {
                if (!it.why().isEmpty()) {
                    status.become(State.STARTING, "not yet ready: " + it.why());
                }
                return;
            }
            case Finding.Sick _ -> {}
        }
        known.countDown();
    }

    /** With why it was started again: by then nothing else tells of that any more. */
    private String readiness() {
        return life.ending().map(how -> "ready; started again after: " + how).orElse("ready");
    }

    private End ended(Container running) {
        Exit exit =
                running.exit().handle((how, e) -> how != null ? how : failed(e)).join();
        return new End(exit.how(), Optional.of(running), exit.code(), exit.at());
    }

    private Exit failed(Throwable e) {
        return new Exit(Optional.empty(), Ending.failed("ended: " + e), host.clock.instant());
    }

    /** Stops what is sick; empty when the runner is to end before it has. */
    private Optional<End> putDown(Container running, String why) throws InterruptedException {
        known.countDown();
        running.tell(Kind.UNHEALTHY, why);
        status.become(
                State.STOPPING, why + "; asked to end by " + allocation.spec().stopSignal());
        endIt(running);
        if (!running.exit().isDone()) {
            return Optional.empty();
        }
        End end = ended(running);
        return Optional.of(
                new End(Ending.failed(why + "; stopped, " + end.how().text()), end.container(), end.code(), end.at()));
    }

    private void conclude(End end) throws InterruptedException {
        known.countDown();
        Optional<String> id = end.container().map(Container::id);
        // One that an agent concluded before it was killed is not counted again.
        boolean news = id.isEmpty() || !id.equals(life.concluded());
        if (news) {
            decide(end, id);
        }
        if (end.container().isPresent()) {
            clear(end.container().get(), Optional.of(end.how()).filter(how -> news && how.failure()));
        }
    }

    private void decide(End end, Optional<String> id) {
        Instant now = host.clock.instant();
        Duration ran = end.container()
                .map(it -> Duration.between(it.startedAt(), end.at()))
                .orElse(Duration.ZERO);
        boolean notStarted = end.container().isEmpty();
        switch (life.history().ended(end.how(), ran, policy(), now)) {
            case Next.Again it -> {
                remember(life.concluded(it.history(), id, end.code(), end.how().text()));
                String reason = AllocationStatus.startedAgain(end.how().text(), it.pause());
                end.container().ifPresent(c -> c.tell(Kind.RESTARTING, reason));
                status.down(notStarted ? State.FAILED : State.ENDED, end.code(), reason, Optional.empty());
            }
            case Next.Over it -> {
                // What this host could not start another one may.
                Optional<Instant> givenUp = notStarted ? Optional.empty() : Optional.of(now);
                remember(life.concluded(it.history(), id, end.code(), end.how().text())
                        .givenUp(givenUp, it.failed()));
                String reason = it.history().over().orElse("");
                end.container().ifPresent(c -> c.tell(Kind.GIVEN_UP, reason));
                status.down(it.failed() ? State.FAILED : State.ENDED, end.code(), reason, givenUp);
            }
        }
    }

    /** @param crash empty if it was asked to end */
    private void clear(Container ended, Optional<Ending> crash) throws InterruptedException {
        host.meter.retire(
                ended, allocation.revision(), allocation.arm(), crash.map(how -> Crashes.one(how.outOfMemory())));
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
        while (!isClosed()) {
            try {
                ended.remove();
                hold(null);
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "removing container {0}: {1}; it is tried again", new Object[] {ended.id(), e});
                await(backoff.next(), this::isClosed);
            }
        }
    }

    private void retire() throws InterruptedException {
        Container last = container;
        status.become(State.STOPPING, "draining");
        if (last == null) {
            return;
        }
        Generation without = removal();
        while (!host.retirement.drained(id(), without, allocation.spec().stopGrace())) {
            if (isClosed()) {
                return;
            }
            status.become(State.STOPPING, "waiting for the edge to confirm routes without it");
        }
        status.become(State.STOPPING, "asked to end by " + allocation.spec().stopSignal());
        endIt(last);
        clear(last, Optional.empty());
    }

    /** Returns when it has ended, or this is closed. */
    private void endIt(Container running) throws InterruptedException {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
        while (!isClosed() && !running.exit().isDone()) {
            try {
                Retirement.end(
                        running,
                        allocation.spec().stopSignal(),
                        allocation.spec().stopGrace());
            } catch (IOException e) {
                status.become(State.STOPPING, "does not end: " + e.getMessage());
            }
            // That it has ended is told by another virtual thread, which needs a carrier: asking again at once would
            // keep this one's.
            await(backoff.next(), () -> isClosed() || running.exit().isDone());
        }
    }

    private RestartPolicy policy() {
        return allocation.spec().restart().orElse(RestartPolicy.DEFAULT);
    }

    private void remember(Life next) {
        life = next;
        host.lives.write(id(), next);
    }

    private synchronized Generation removal() {
        return removedBy == null ? Generation.NONE : removedBy;
    }

    private synchronized boolean leaving() {
        return closed || removedBy != null;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void hold(@Nullable Container held) {
        container = held;
    }

    private synchronized void wake() {
        notifyAll();
    }

    private synchronized void await(Duration atMost, BooleanSupplier until) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        for (long leftNanos = atMost.toNanos();
                leftNanos > 0 && !until.getAsBoolean();
                leftNanos = deadlineNanos - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1_000_000, leftNanos));
        }
    }
}
