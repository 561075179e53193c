package io.slipway.control;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.AllocationStatus.State;
import io.slipway.placement.HostAssignment;
import io.slipway.placement.HostReport;
import io.slipway.routing.RouteTable;
import io.slipway.routing.RouteTable.Backend;
import io.slipway.routing.RouteTable.ServiceRoute;
import io.slipway.routing.RouteTable.Split;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Hosts in memory, in virtual time. They take in assignments under the fence, start containers, route simulated traffic and measure it. Each
 * tick is one second. They check as they go: a container is stopped only when no edge routes to it (I2).
 */
public final class FakeHosts implements HostGateway {
    /** How a revision behaves. */
    public record Behaviour(double errorRate, double medianMs, int ticksToReady, Optional<String> diesOf) {
        public static final Behaviour GOOD = new Behaviour(0.002, 40, 1, Optional.empty());

        public Behaviour withErrors(double rate) {
            return new Behaviour(rate, medianMs, ticksToReady, diesOf);
        }

        public Behaviour slower(double factor) {
            return new Behaviour(errorRate, medianMs * factor, ticksToReady, diesOf);
        }

        public Behaviour dyingOf(String reason) {
            return new Behaviour(errorRate, medianMs, ticksToReady, Optional.of(reason));
        }
    }

    private final SplittableRandom random;
    private final Map<HostName, Machine> machines = new TreeMap<>();
    private final Map<RevisionId, Behaviour> behaviours = new HashMap<>();
    private final Map<String, String> tags = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private UnaryOperator<List<MetricWindow>> metrics = windows -> windows;
    private int requestsPerSecond = 400;
    private long failedByUs;
    private int sends;

    public FakeHosts(long seed, String... names) {
        this.random = new SplittableRandom(seed);
        for (String name : names) {
            machines.put(new HostName(name), new Machine(new HostName(name)));
        }
    }

    public void behave(RevisionId revision, Behaviour behaviour) {
        behaviours.put(revision, behaviour);
    }

    /** A registry's tag leads to another image from now on. */
    public void tag(String image, String digest) {
        tags.put(image, digest);
    }

    /** Digests of what runs. */
    public Set<String> runningImages(RevisionId revision) {
        Set<String> digests = new HashSet<>();
        machines.values()
                .forEach(m -> m.containers.values().stream()
                        .filter(c -> c.allocation.revision().equals(revision))
                        .forEach(c -> digests.add(c.digest)));
        return digests;
    }

    public void load(int requests) {
        requestsPerSecond = requests;
    }

    /** What becomes of the windows of a host and second on their way. */
    public void metrics(UnaryOperator<List<MetricWindow>> change) {
        metrics = change;
    }

    /** Kills a replica; its host reports the reason. */
    public void kill(AllocationId id, String reason) {
        machines.values()
                .forEach(m -> m.containers.computeIfPresent(id, (i, c) -> {
                    c.failure = Optional.of(reason);
                    return c;
                }));
    }

    /** A replica is down; {@code givenUp} when its host does nothing more for it, otherwise it starts it again. */
    public void end(AllocationId id, String reason, Optional<Instant> givenUp) {
        kill(id, reason);
        machines.values()
                .forEach(m -> m.containers.computeIfPresent(id, (i, c) -> {
                    c.handled = true;
                    c.givenUp = givenUp;
                    return c;
                }));
    }

    public void reboot(String name) {
        machines.computeIfPresent(new HostName(name), (host, machine) -> {
            machine.bootId += "'";
            machine.containers.clear();
            machine.images.clear();
            machine.rebooted = true;
            return machine;
        });
    }

    public List<String> violations() {
        return violations;
    }

    /** Requests that found no backend. */
    public long failedByUs() {
        return failedByUs;
    }

    public int sends() {
        return sends;
    }

    /** Ids of what runs. */
    public Set<AllocationId> running() {
        Set<AllocationId> ids = new HashSet<>();
        machines.values().forEach(m -> ids.addAll(m.containers.keySet()));
        return ids;
    }

    public Map<RevisionId, Long> runningByRevision() {
        Map<RevisionId, Long> counts = new HashMap<>();
        machines.values()
                .forEach(m -> m.containers.values().forEach(c -> counts.merge(c.allocation.revision(), 1L, Long::sum)));
        return counts;
    }

    @Override
    public synchronized void send(HostAssignment run, RouteTable routes) {
        sends++;
        machines.computeIfPresent(run.host(), (host, machine) -> {
            machine.take(run, routes);
            return machine;
        });
    }

    /** One second passes on all hosts; each reports. */
    public synchronized List<HostReport> tick(Instant end) {
        machines.values().forEach(Machine::settle);
        machines.values().forEach(this::checkRoutes);
        return machines.values().stream().map(m -> m.report(end)).toList();
    }

    private void checkRoutes(Machine edge) {
        for (ServiceRoute service : edge.routes.services()) {
            int sum = service.splits().stream()
                    .mapToInt(s -> s.weight().basisPoints())
                    .sum();
            if (sum != 10_000) {
                violations.add("I2: weights of " + service.service() + " sum to " + sum);
            }
            for (Split split : service.splits()) {
                split.backends().forEach(backend -> checkBackend(edge, backend));
            }
        }
    }

    private void checkBackend(Machine edge, Backend backend) {
        boolean runs = machines.values().stream().anyMatch(m -> m.containers.containsKey(backend.allocation()));
        if (!runs && !edge.rebooted) {
            violations.add("I2: " + edge.name + " routes to " + backend.allocation() + ", which was stopped");
        }
    }

    /** One container. */
    private static final class Container {
        private final String digest;
        private Allocation allocation;
        private int age;
        private Optional<String> failure = Optional.empty();
        private boolean handled;
        private Optional<Instant> givenUp = Optional.empty();

        Container(Allocation allocation, String digest) {
            this.allocation = allocation;
            this.digest = digest;
        }
    }

    /** One host. */
    private final class Machine {
        private final HostName name;
        private final Map<AllocationId, Container> containers = new TreeMap<>();
        private final Map<String, String> images = new HashMap<>();
        private String bootId = "boot-1";
        private boolean rebooted;
        private Epoch epoch = new Epoch(0);
        private Generation generation = Generation.NONE;
        private HostAssignment run;
        private RouteTable routes = new RouteTable(Generation.NONE, List.of());

        Machine(HostName name) {
            this.name = name;
            this.run = new HostAssignment(name, epoch, generation, List.of(), List.of());
        }

        void take(HostAssignment offered, RouteTable table) {
            if (offered.epoch().compareTo(epoch) < 0 || offered.generation().compareTo(generation) < 0) {
                violations.add("I1: " + name + " was sent " + offered.epoch() + " " + offered.generation() + " after "
                        + epoch + " " + generation);
                return;
            }
            epoch = offered.epoch();
            generation = offered.generation();
            run = offered;
            routes = table;
        }

        void settle() {
            Set<AllocationId> wanted = new HashSet<>();
            for (Allocation allocation : run.allocations()) {
                wanted.add(allocation.id());
                containers.computeIfAbsent(allocation.id(), id -> new Container(allocation, image(allocation.image())))
                        .allocation = allocation;
            }
            images.keySet().retainAll(run.prepare());
            containers.keySet().retainAll(wanted);
            containers.values().forEach(c -> {
                c.age++;
                Behaviour behaviour = behaviour(c);
                if (c.age > behaviour.ticksToReady() && c.failure.isEmpty()) {
                    c.failure = behaviour.diesOf();
                }
            });
        }

        /** What a reference is on this host, which asks for it once. */
        private String image(String reference) {
            int pin = reference.indexOf('@');
            return images.computeIfAbsent(
                    reference,
                    name -> pin > 0 ? name.substring(pin + 1) : tags.getOrDefault(name, "sha256:" + "ab".repeat(32)));
        }

        private Behaviour behaviour(Container c) {
            return behaviours.getOrDefault(c.allocation.revision(), Behaviour.GOOD);
        }

        HostReport report(Instant end) {
            Map<String, String> found = new HashMap<>();
            run.prepare()
                    .forEach(image ->
                            found.put(image, image.contains("missing") ? "failed: no such image" : image(image)));
            return new HostReport(
                    name,
                    bootId,
                    end,
                    epoch,
                    generation,
                    8,
                    8L << 30,
                    6L << 30,
                    100L << 30,
                    "amd64",
                    containers.values().stream().map(this::status).toList(),
                    found,
                    windows(end));
        }

        private AllocationStatus status(Container c) {
            State state = c.failure.isPresent()
                    ? c.handled && c.givenUp.isEmpty() ? State.ENDED : State.FAILED
                    : c.age > behaviour(c).ticksToReady() ? State.READY : State.STARTING;
            return new AllocationStatus(
                    c.allocation.id(),
                    state,
                    Optional.of("10.0.0." + (1 + Math.floorMod(c.allocation.id().hashCode(), 250))),
                    Optional.of(1),
                    Optional.empty(),
                    0,
                    Optional.empty(),
                    c.failure.orElse("ready"),
                    c.givenUp);
        }

        /** An even share of the load through this host's edge over the second that ends now. */
        private List<MetricWindow> windows(Instant end) {
            List<MetricWindow> windows = new ArrayList<>();
            int load = requestsPerSecond / machines.size();
            for (ServiceRoute service : routes.services()) {
                for (Split split : service.splits()) {
                    int requests =
                            Math.toIntExact(Math.round(load * split.weight().basisPoints() / 10_000.0));
                    if (split.backends().isEmpty()) {
                        failedByUs += requests;
                    }
                    windows.add(window(split, split.backends().isEmpty() ? 0 : requests, end));
                }
            }
            windows.sort(Comparator.comparing(MetricWindow::arm));
            return metrics.apply(windows);
        }

        private MetricWindow window(Split split, int requests, Instant end) {
            Behaviour behaviour = behaviours.getOrDefault(split.revision(), Behaviour.GOOD);
            long[] latency = new long[LatencyHistogram.BUCKETS];
            long errors = 0;
            for (int i = 0; i < requests; i++) {
                errors += random.nextDouble() < behaviour.errorRate() ? 1 : 0;
                double ms = behaviour.medianMs() * (0.9 + 0.2 * random.nextDouble());
                latency[LatencyHistogram.bucketOfNanos((long) (ms * 1e6))]++;
            }
            return new MetricWindow(
                    split.revision(),
                    split.arm(),
                    name,
                    end.minusSeconds(1),
                    1,
                    requests,
                    errors,
                    LatencyHistogram.ofDense(latency),
                    requests * 0.001,
                    64e6,
                    split.backends().size(),
                    false);
        }
    }

    /** Ready replicas of an arm, as the edges see them. */
    public Set<AllocationId> backends(Arm arm) {
        Set<AllocationId> ids = new HashSet<>();
        machines.values()
                .forEach(m -> m.routes
                        .services()
                        .forEach(s -> s.splits().stream()
                                .filter(split -> split.arm() == arm)
                                .forEach(split -> split.backends().forEach(b -> ids.add(b.allocation())))));
        return ids;
    }
}
