package io.slipway.agent;

import io.slipway.agent.Containers.Container;
import io.slipway.base.AllocationId;
import io.slipway.base.Generation;
import io.slipway.fleet.Assignments;
import io.slipway.fleet.FleetClient;
import io.slipway.fleet.FleetException;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.HostReport;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Carries out assignments on one host. Acts on the last ones that it was given, also without a controller; ends without touching a container.
 *
 * <pre>
 *   controller -assignments-> Agent -> AllocationRunner per replica -> Containers
 *        ^                      +----> RouteKeeper -> Edge -counts-> WindowMeter
 *        +------- Reporter <-----------------------------------------------+
 * </pre>
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Agent.class.getName());
    private static final Duration POLL = Duration.ofSeconds(20);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);
    /** Well within the time after which the controller counts a host as silent. */
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(5);

    private final AgentOptions options;
    private final Containers containers;
    private final FleetClient controller;
    private final AssignmentFile assignments;
    private final ImageKeeper images;
    private final RouteKeeper routes;
    private final WindowMeter meter;
    private final NameKeeper names;
    private final Reporter reporter;
    private final LifeFiles memories;
    private final AllocationRunner.Host host;
    private final Map<AllocationId, AllocationRunner> runners = new LinkedHashMap<>();
    private final Map<AllocationId, Container> adopted = new HashMap<>();
    private final Clock clock;
    private final List<Thread> loops = new ArrayList<>();
    private final Map<AllocationRunner, Thread> lives = new HashMap<>();
    private boolean closed;

    public Agent(AgentOptions options, Containers containers, Edge edge, FleetClient controller, Clock clock)
            throws IOException {
        this.options = options;
        this.containers = containers;
        this.controller = controller;
        this.clock = clock;
        Directories.make(options.state(), "rwx------");
        this.assignments = new AssignmentFile(options.state().resolve("assignments.json"));
        this.reporter = new Reporter(options, controller, () -> report(clock));
        this.images = new ImageKeeper(containers, reporter::changed);
        this.routes = new RouteKeeper(edge, reporter::changed);
        this.names = new NameKeeper(containers, edge);
        this.meter = new WindowMeter(options, edge, this::replicas, clock);
        this.reporter.acknowledgeTo(meter);
        this.memories = new LifeFiles(options.state().resolve("lives"));
        this.host = new AllocationRunner.Host(
                containers,
                images,
                new Retirement(routes, edge),
                options,
                meter,
                memories,
                clock,
                reporter::changed,
                this::gone);
    }

    /** Adopts what runs, takes up the last assignments, and goes on by itself in threads of its own. */
    public void start() throws IOException, InterruptedException {
        for (Container found : containers.adopt()) {
            Container other = adopted.get(found.allocation());
            if (other == null || other.exit().isDone()) {
                adopted.put(found.allocation(), found);
            }
        }
        // Before anything is started that would ask for names.
        names.look();
        Optional<Assignments> last = assignments.last();
        if (last.isPresent()) {
            memories.keepOnly(
                    last.get().run().allocations().stream().map(Allocation::id).collect(Collectors.toSet()));
            apply(last.get());
        }
        begin("routes", routes);
        begin("names", names);
        begin("reports", this::reportOnceKnown);
        begin("assignments", this::poll);
        begin("windows", this::measure);
    }

    /** Ends the threads. Containers and edge go on. */
    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            runners.values().forEach(AllocationRunner::close);
        }
        images.close();
        routes.close();
        reporter.close();
        loops.forEach(Thread::interrupt);
        long deadlineNanos = System.nanoTime() + CLOSE_WITHIN.toNanos();
        List<Thread> all = new ArrayList<>(loops);
        synchronized (this) {
            all.addAll(lives.values());
        }
        for (Thread thread : all) {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime())))) {
                thread.interrupt();
            }
        }
    }

    /** Takes in newer assignments; older ones, and the same again, change nothing and give false. */
    boolean takeIn(Assignments next) throws IOException, InterruptedException {
        if (!next.run().host().equals(options.host())) {
            throw new IOException("assignments for host " + next.run().host() + " came to host " + options.host()
                    + "; they were not used");
        }
        if (!assignments.offer(next)) {
            return false;
        }
        // What was used up to now belongs to the arms of up to now.
        meter.cut();
        apply(next);
        return true;
    }

    private synchronized void apply(Assignments now) {
        Set<String> wanted = new LinkedHashSet<>(now.run().prepare());
        now.run().allocations().forEach(a -> wanted.add(a.image()));
        images.want(wanted);
        Map<AllocationId, Allocation> listed = now.run().allocations().stream()
                .collect(Collectors.toMap(Allocation::id, a -> a, (a, b) -> b, LinkedHashMap::new));
        runners.values().stream()
                .filter(r -> !listed.containsKey(r.id()))
                .forEach(r -> r.remove(now.run().generation()));
        for (Allocation allocation : listed.values()) {
            AllocationRunner present = runners.get(allocation.id());
            if (present != null) {
                present.update(allocation);
            } else if (!closed) {
                run(new AllocationRunner(host, allocation, Optional.ofNullable(adopted.remove(allocation.id()))));
            }
        }
        routes.want(now.routes());
        adopted.values().forEach(orphan -> retire(orphan, now));
        adopted.clear();
        reporter.changed();
    }

    private void run(AllocationRunner runner) {
        runners.put(runner.id(), runner);
        lives.put(runner, Thread.ofVirtual().name("allocation " + runner.id()).start(runner));
    }

    /** One of ours that no assignment lists, of which no more is known than its id. */
    private void retire(Container orphan, Assignments now) {
        LOG.log(Level.INFO, "container {0} of allocation {1} is not assigned: drained and stopped", new Object[] {
            orphan.id(), orphan.allocation()
        });
        run(AllocationRunner.retiring(host, orphan, options.host(), now.run().generation()));
    }

    private void gone(AllocationRunner runner) {
        synchronized (this) {
            runners.remove(runner.id(), runner);
            lives.remove(runner);
            // The same id may have been assigned again while it was taken down.
            assignments.last().filter(a -> !closed && lists(a, runner.id())).ifPresent(this::apply);
        }
        reporter.changed();
    }

    private static boolean lists(Assignments assignments, AllocationId id) {
        return assignments.run().allocations().stream().anyMatch(a -> a.id().equals(id));
    }

    private synchronized List<WindowMeter.Replica> replicas() {
        return runners.values().stream()
                .map(AllocationRunner::replica)
                .flatMap(Optional::stream)
                .toList();
    }

    private synchronized List<AllocationStatus> statuses() {
        return runners.values().stream().map(AllocationRunner::status).toList();
    }

    private HostReport report(Clock clock) throws IOException {
        HostFacts facts = HostFacts.read(options.state());
        // Read before the rest: a report may say less than is so, but never that more is taken in than it shows.
        Generation applied = routes.confirmed();
        return new HostReport(
                options.host(),
                facts.bootId(),
                clock.instant(),
                assignments.epoch(),
                applied,
                facts.cpus(),
                facts.memoryBytes(),
                facts.memoryFreeBytes(),
                facts.diskFreeBytes(),
                facts.architecture(),
                statuses(),
                images.report(),
                meter.pending(Reporter.WINDOWS_MAX));
    }

    /** How adopted containers are is asked first: a report that calls a serving one starting would take it out of the routes. */
    private void reportOnceKnown() {
        try {
            long deadlineNanos = System.nanoTime() + KNOWN_WITHIN.toNanos();
            for (AllocationRunner runner : present()) {
                runner.awaitKnown(deadlineNanos);
            }
            reporter.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<AllocationRunner> present() {
        return List.copyOf(runners.values());
    }

    private void poll() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Optional<Assignments> next = controller.awaitAssignments(
                        options.host(), assignments.epoch(), assignments.generation(), POLL);
                if (next.isPresent() && !takeIn(next.get())) {
                    LOG.log(Level.WARNING, "refused assignments of {0}, {1}: newer ones were seen", new Object[] {
                        next.get().run().epoch(), next.get().run().generation()
                    });
                }
                backoff.reset();
            } catch (FleetException e) {
                pause(backoff.next());
            } catch (IOException e) {
                LOG.log(Level.WARNING, "assignments could not be taken in: {0}; tried again", e.getMessage());
                pause(backoff.next());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void measure() {
        try {
            meter.begin();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        while (!Thread.currentThread().isInterrupted()) {
            try {
                awaitNextWindow();
                if (meter.cut()) {
                    reporter.changed();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Until the clock shows a whole multiple of a window's length, so that those of all hosts begin at the same time; never before. */
    private void awaitNextWindow() throws InterruptedException {
        long lengthMs = Math.max(1, options.window().toMillis());
        long nextMs = (clock.millis() / lengthMs + 1) * lengthMs;
        long leftMs = nextMs - clock.millis();
        // A clock that is set back meanwhile would make it longer.
        while (leftMs > 0 && leftMs <= lengthMs) {
            Thread.sleep(leftMs);
            leftMs = nextMs - clock.millis();
        }
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(String name, Runnable work) {
        loops.add(Thread.ofVirtual().name(name).start(work));
    }
}
