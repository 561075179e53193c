package io.slipway.agent;

import io.slipway.agent.Containers.Container;
import io.slipway.agent.Containers.Exit;
import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.AllocationStatus.State;
import io.slipway.release.Probe;
import io.slipway.release.ProcessSpec;
import io.slipway.release.Resources;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One replica's life on its host, in a virtual thread of its own.
 *
 * <pre>
 *   PREPARING -image-> STARTING -probe-> READY -exit-> ENDED -back-off-> STARTING ...
 *        any of them -removed from the assignments-> STOPPING: drain, signal, grace, kill, gone
 * </pre>
 *
 * Whatever it is doing, the container is never taken down by the agent's own end.
 */
final class AllocationRunner implements Runnable {
    private static final Logger LOG = Logger.getLogger(AllocationRunner.class.getName());
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Host host;
    private final RestartPolicy restarts = new RestartPolicy();
    /** Open once it is found out how an adopted container is. */
    private final CountDownLatch known;

    private Allocation allocation;
    private @Nullable Container container;
    private AllocationStatus status;
    private @Nullable Generation removedBy;
    private boolean closed;
    private int failures;
    private boolean everReady;

    /** What the runners of one host share. */
    record Host(
            Containers containers,
            ImageKeeper images,
            Retirement retirement,
            AgentOptions options,
            WindowMeter meter,
            Runnable changed,
            Consumer<AllocationRunner> gone) {}

    /** @param adopted its container from before, running or ended meanwhile */
    AllocationRunner(Host host, Allocation allocation, Optional<Container> adopted) {
        this.host = host;
        this.allocation = allocation;
        this.container = adopted.orElse(null);
        this.known = new CountDownLatch(adopted.isPresent() ? 1 : 0);
        this.status = new AllocationStatus(
                allocation.id(),
                adopted.isPresent() ? State.STARTING : State.PREPARING,
                adopted.flatMap(Container::address),
                adopted.map(Container::pid),
                adopted.map(Container::startedAt),
                0,
                Optional.empty(),
                adopted.isPresent() ? "adopted; not yet asked whether it is ready" : "waiting for its image");
        // One that runs already is not judged by the time that a new one may take.
        this.everReady = adopted.isPresent();
        adopted.ifPresent(c -> c.exit().whenComplete((exit, e) -> wake()));
    }

    /** For a container that no assignment lists: it is only taken down. */
    static AllocationRunner retiring(Host host, Container orphan, HostName name, Generation without) {
        AllocationRunner runner = new AllocationRunner(host, unlisted(orphan.allocation(), name), Optional.of(orphan));
        runner.remove(without);
        return runner;
    }

    private static Allocation unlisted(AllocationId id, HostName name) {
        ProcessSpec spec = new ProcessSpec(
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

    synchronized AllocationStatus status() {
        return status;
    }

    /** Empty while no container is there to be measured. */
    synchronized Optional<WindowMeter.Replica> replica() {
        // Of what no assignment lists nobody knows whose costs it makes.
        return Optional.ofNullable(allocation.process().isEmpty() ? null : container)
                .map(c -> new WindowMeter.Replica(
                        c, allocation.revision(), allocation.arm(), status.state() == State.READY));
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
                host.gone.accept(this);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "allocation " + id() + " is no longer looked after: restart the agent", e);
            become(State.FAILED, "the agent failed: " + e);
        }
    }

    private void live() throws InterruptedException {
        Container current = container;
        if (current == null) {
            current = begin();
        }
        if (current != null && serve(current)) {
            return;
        }
        if (!leaving()) {
            recover();
        }
    }

    /** Brings up a container; null when it could not, with the reason in the status. */
    private @Nullable Container begin() throws InterruptedException {
        while (!host.images.await(allocation.image(), Duration.ofMillis(200))) {
            String failure = host.images.failure(allocation.image());
            if (!failure.isEmpty()) {
                become(State.FAILED, "image " + allocation.image() + ": " + failure);
            }
            if (leaving()) {
                return null;
            }
        }
        become(State.STARTING, "starting");
        try {
            Container started = host.containers.start(allocation);
            started.exit().whenComplete((exit, e) -> wake());
            hold(started);
            everReady = false;
            become(State.STARTING, "started; not yet ready");
            return started;
        } catch (IOException e) {
            become(State.FAILED, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** True when it was left running because the runner is to leave; false when it has ended. */
    private boolean serve(Container running) throws InterruptedException {
        failures = 0;
        long startedNanos = System.nanoTime();
        Duration every = allocation.spec().readiness().map(Probe::every).orElse(FOREVER);
        while (!leaving()) {
            if (running.exit().isDone()) {
                ended(running);
                return false;
            }
            if (!probe(running, startedNanos)) {
                discard(running);
                return false;
            }
            pause(running, status().state() == State.READY ? every : shorter(every));
        }
        return true;
    }

    /** Until it is ready it is asked more often, so that a rollout waits no longer than the replica needs. */
    private static Duration shorter(Duration every) {
        return every.compareTo(Duration.ofMillis(200)) < 0 ? every : Duration.ofMillis(200);
    }

    /** False when it did not become ready in time. */
    private boolean probe(Container running, long startedNanos) {
        Optional<String> why = ask(running);
        boolean wasReady = status().state() == State.READY;
        if (why.isEmpty()) {
            failures = 0;
            everReady = true;
            become(State.READY, "ready");
            known.countDown();
            return true;
        }
        failures++;
        Duration age = Duration.ofNanos(System.nanoTime() - startedNanos);
        int allowed = allocation.spec().readiness().map(Probe::failures).orElse(1);
        if (failures >= allowed) {
            known.countDown();
        }
        if (wasReady && failures >= allowed) {
            become(State.STARTING, "no longer ready, " + failures + " times in a row: " + why.get());
        } else if (!wasReady && status().state() != State.STARTING) {
            become(State.STARTING, "not yet ready: " + why.get());
        }
        if (everReady || age.compareTo(host.options.startWithin()) < 0) {
            return true;
        }
        become(State.FAILED, "not ready after " + host.options.startWithin().toSeconds() + " s: " + why.get());
        return false;
    }

    private Optional<String> ask(Container running) {
        Optional<Probe> probe = allocation.spec().readiness();
        if (probe.isEmpty()) {
            return Optional.empty();
        }
        try {
            return ReadinessProbe.of(probe.get(), allocation.spec().ports(), running.address())
                    .ask();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void ended(Container running) throws InterruptedException {
        Exit exit = running.exit()
                .handle((how, e) -> how != null ? how : new Exit(Optional.empty(), "ended: " + e))
                .join();
        synchronized (this) {
            status = new AllocationStatus(
                    id(),
                    State.ENDED,
                    Optional.empty(),
                    Optional.empty(),
                    status.startedAt(),
                    status.restarts(),
                    exit.code(),
                    exit.reason());
        }
        known.countDown();
        host.changed.run();
        clear(running);
    }

    private void discard(Container running) throws InterruptedException {
        try {
            Retirement.end(running, allocation.spec().stopSignal(), Duration.ofSeconds(1));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "stopping a replica of {0} that did not become ready: {1}", new Object[] {id(), e});
        }
        clear(running);
    }

    private void clear(Container ended) throws InterruptedException {
        host.meter.retire(ended, allocation.revision(), allocation.arm());
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
        while (!isClosed()) {
            try {
                ended.remove();
                hold(null);
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "removing container {0}: {1}; it is tried again", new Object[] {ended.id(), e});
                pause(null, backoff.next());
            }
        }
    }

    private void recover() throws InterruptedException {
        Optional<Duration> pause = restarts.next(Instant.now());
        if (pause.isEmpty()) {
            become(State.FAILED, RestartPolicy.GAVE_UP + "; last: " + status().reason());
        }
        pauseUnlessLeaving(pause.orElse(FOREVER));
        if (pause.isPresent() && !leaving()) {
            synchronized (this) {
                status = new AllocationStatus(
                        id(),
                        State.STARTING,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        status.restarts() + 1,
                        status.exitCode(),
                        "again, after: " + status.reason());
            }
            host.changed.run();
        }
    }

    private void retire() throws InterruptedException {
        Container last = container;
        become(State.STOPPING, "draining");
        if (last == null) {
            return;
        }
        Generation without = removal();
        while (!host.retirement.drained(id(), without, allocation.spec().stopGrace())) {
            if (isClosed()) {
                return;
            }
            become(State.STOPPING, "waiting for the edge to confirm routes without it");
        }
        become(State.STOPPING, "asked to end by " + allocation.spec().stopSignal());
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));
        while (!isClosed() && !last.exit().isDone()) {
            try {
                Retirement.end(
                        last, allocation.spec().stopSignal(), allocation.spec().stopGrace());
            } catch (IOException e) {
                become(State.STOPPING, "does not end: " + e.getMessage());
                pause(null, backoff.next());
            }
        }
        clear(last);
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

    /** Ends early when the container ends, or the runner is to leave. */
    private synchronized void pause(@Nullable Container running, Duration pause) throws InterruptedException {
        boolean ended = running != null && running.exit().isDone();
        if (!ended && !closed && (running == null || removedBy == null)) {
            wait(Math.max(1, pause.toMillis()));
        }
    }

    private synchronized void pauseUnlessLeaving(Duration pause) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + pause.toNanos();
        long leftMs = Math.max(1, pause.toMillis());
        while (leftMs > 0 && !closed && removedBy == null) {
            wait(leftMs);
            leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
        }
    }

    private void become(State state, String reason) {
        synchronized (this) {
            if (status.state() == state && status.reason().equals(reason)) {
                return;
            }
            Optional<Container> held = Optional.ofNullable(container);
            status = new AllocationStatus(
                    id(),
                    state,
                    held.flatMap(Container::address),
                    held.map(Container::pid),
                    held.map(Container::startedAt),
                    status.restarts(),
                    status.exitCode(),
                    reason);
        }
        host.changed.run();
    }
}
