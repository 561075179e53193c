package io.slipway.agent;

import io.slipway.agent.Images.Bundle;
import io.slipway.base.AllocationId;
import io.slipway.placement.Allocation;
import io.slipway.release.Ending;
import io.slipway.release.Resources;
import io.slipway.sandbox.Adoption;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.ContainerEvent;
import io.slipway.sandbox.Network;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.cgroup.Stats;
import io.slipway.sandbox.health.HealthCheck;
import io.slipway.sandbox.network.BridgeNetwork;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Replicas as sandboxes. A label names the allocation, so that they are known again without this process. */
public final class SandboxContainers implements Containers {
    private static final String ALLOCATION = "allocation";
    private static final int NAME_CHARS_MAX = 40;
    private final Sandboxes sandboxes;
    private final Images images;
    private final BridgeNetwork network;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Bundle> prepared = new ConcurrentHashMap<>();

    /** @param network which the runtime joins them to */
    public SandboxContainers(Sandboxes sandboxes, Images images, BridgeNetwork network) {
        this.sandboxes = sandboxes;
        this.images = images;
        this.network = network;
    }

    @Override
    public String prepare(String image) throws IOException, InterruptedException {
        Bundle bundle = images.obtain(image);
        prepared.put(image, bundle);
        return bundle.digest();
    }

    @Override
    public void keep(Set<String> wanted) throws IOException {
        prepared.keySet().retainAll(wanted);
        images.keep(wanted);
    }

    @Override
    public Container start(Allocation allocation) throws IOException, InterruptedException {
        Optional<Sandbox> twin = sandboxes.list().stream()
                .filter(s -> s.state() == Sandbox.State.RUNNING)
                .filter(s -> allocation.id().value().equals(s.spec().labels().get(ALLOCATION)))
                .findFirst();
        if (twin.isPresent()) {
            throw new IOException("allocation " + allocation.id() + " runs already as container "
                    + twin.get().id() + "; a second one is not started");
        }
        // What was prepared, not what a tag means by now: all replicas of a revision are of one image.
        Bundle known = prepared.get(allocation.image());
        Bundle image = known != null ? known : images.obtain(allocation.image());
        try {
            return new Replica(sandboxes.start(spec(allocation, image)), allocation.id());
        } catch (IllegalArgumentException e) {
            throw new IOException("image " + allocation.image() + " cannot be run as it is: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Container> adopt() throws IOException {
        Adoption found = sandboxes.adopt();
        network.reconcile(sandboxes.list().stream().map(Sandbox::id).collect(Collectors.toSet()));
        return Stream.concat(found.running().stream(), found.ended().stream())
                .flatMap(s -> Stream.ofNullable(s.spec().labels().get(ALLOCATION))
                        .map(id -> (Container) new Replica(s, new AllocationId(id))))
                .toList();
    }

    @Override
    public Optional<Inside> inside() {
        return Optional.of(new Inside() {
            @Override
            public String address() {
                return network.gateway();
            }

            @Override
            public int prefixLength() {
                return network.prefixLength();
            }

            @Override
            public void lead(Edge.Served edge) throws IOException {
                network.lead(edge.port(), edge.dnsPort(), edge.domain());
            }
        });
    }

    private SandboxSpec spec(Allocation allocation, Bundle image) {
        List<String> argv = allocation.spec().command().isEmpty()
                ? image.command()
                : allocation.spec().command();
        Map<String, String> env = new HashMap<>(image.env());
        // By which it pushes samples of its own.
        env.put("SLIPWAY_SERVICE", allocation.revision().service().value());
        env.put("SLIPWAY_REVISION", String.valueOf(allocation.revision().number()));
        env.putAll(allocation.env());
        return SandboxSpec.of(newId(allocation), image.layers(), argv)
                .withEnv(env)
                .withUser(image.user())
                .withWorkingDirectory(image.workingDirectory().isEmpty() ? "/" : image.workingDirectory())
                .withLimits(limits(allocation.spec().resources()))
                .withNetwork(Connection.DEFAULT)
                .withLabels(Map.of(ALLOCATION, allocation.id().value()));
    }

    private String newId(Allocation allocation) {
        String name = allocation.id().value().replaceAll("[^A-Za-z0-9_.-]", "-");
        byte[] distinct = new byte[4];
        random.nextBytes(distinct);
        return "a-" + name.substring(0, Math.min(name.length(), NAME_CHARS_MAX)) + "-"
                + HexFormat.of().formatHex(distinct);
    }

    private static Limits limits(Resources wanted) {
        return new Limits(
                wanted.memoryBytes() > 0 ? OptionalLong.of(wanted.memoryBytes()) : OptionalLong.empty(),
                wanted.cpu() > 0 ? OptionalDouble.of(wanted.cpu()) : OptionalDouble.empty(),
                wanted.pids() > 0 ? OptionalInt.of(wanted.pids()) : OptionalInt.empty());
    }

    private final class Replica implements Container {
        private final Sandbox sandbox;
        private final AllocationId allocation;
        private final CompletableFuture<Exit> exit;

        Replica(Sandbox sandbox, AllocationId allocation) {
            this.sandbox = sandbox;
            this.allocation = allocation;
            this.exit = sandbox.onExit().thenApply(Replica::translate);
        }

        private static Exit translate(io.slipway.sandbox.Exit how) {
            return switch (how.kind()) {
                case EXITED -> new Exit(Optional.of(how.code()), Ending.exited(how.code(), how.text()), how.at());
                case SIGNALLED -> new Exit(Optional.empty(), Ending.signalled(how.signal(), how.text()), how.at());
                case OOM -> new Exit(Optional.empty(), Ending.ofMemory(how.text()), how.at());
                case NOT_EXECUTED, UNKNOWN, NOT_STARTED ->
                    new Exit(Optional.empty(), Ending.failed(how.text()), how.at());
            };
        }

        @Override
        public String id() {
            return sandbox.id();
        }

        @Override
        public AllocationId allocation() {
            return allocation;
        }

        @Override
        public Optional<String> address() {
            return sandbox.attachment().map(Network.Attachment::address);
        }

        @Override
        public int pid() {
            return sandbox.pid();
        }

        @Override
        public Instant startedAt() {
            return sandbox.startedAt();
        }

        @Override
        public Optional<String> ask(HealthCheck check, Duration atMost) throws InterruptedException {
            return check.ask(sandbox, atMost);
        }

        @Override
        public void tell(ContainerEvent.Kind kind, String detail) {
            sandbox.tell(kind, detail);
        }

        @Override
        public CompletableFuture<Exit> exit() {
            return exit;
        }

        @Override
        public void stop(String signal, Duration grace) throws IOException, InterruptedException {
            sandbox.stop(signal, grace);
        }

        @Override
        public Usage usage() throws IOException {
            Stats stats = sandbox.stats();
            OptionalLong egress =
                    sandboxes.traffic(sandbox).map(Network.Traffic::egress).orElse(OptionalLong.empty());
            return new Usage(
                    stats.cpuSeconds(),
                    stats.memoryBytes(),
                    egress.isPresent() ? Optional.of(egress.getAsLong()) : Optional.empty());
        }

        @Override
        public void remove() throws IOException, InterruptedException {
            sandboxes.remove(sandbox);
        }
    }
}
