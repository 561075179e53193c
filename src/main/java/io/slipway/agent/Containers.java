package io.slipway.agent;

import io.slipway.base.AllocationId;
import io.slipway.placement.Allocation;
import io.slipway.release.Ending;
import io.slipway.sandbox.ContainerEvent;
import io.slipway.sandbox.health.HealthCheck;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What the agent needs of the runtime. */
public interface Containers {
    /** Brings an image so that it can be started; returns the digest that pins it on every host. Repeating it is cheap. */
    String prepare(String image) throws IOException, InterruptedException;

    /** Sets which images must stay, prepared or not. */
    default void keep(Set<String> images) throws IOException {}

    /** Returns once the container's process runs. On failure nothing of it is left. */
    Container start(Allocation allocation) throws IOException, InterruptedException;

    /** All of ours from before, running or ended meanwhile; what was half made is removed. To be called once, first. */
    List<Container> adopt() throws IOException, InterruptedException;

    /** The network that they are on; empty if they have none of their own. */
    default Optional<Inside> inside() {
        return Optional.empty();
    }

    /** The host's end of the containers' network. */
    interface Inside {
        /** The host's, of IPv4. */
        String address();

        int prefixLength();

        /** Leads containers to the edge. Cheap to repeat. */
        void lead(Edge.Served edge) throws IOException;
    }

    /** One that was started, until it is removed. */
    interface Container {
        /** Differs with each start. */
        String id();

        AllocationId allocation();

        Optional<String> address();

        int pid();

        Instant startedAt();

        /** Asks it how it is: why it is not well, in plain words; empty when it is. */
        Optional<String> ask(HealthCheck check, Duration atMost) throws InterruptedException;

        /** Adds to the events of this host's containers. */
        void tell(ContainerEvent.Kind kind, String detail);

        /** Completed when it has ended, by itself or otherwise. */
        CompletableFuture<Exit> exit();

        /** Sends {@code signal}, waits up to {@code grace}, then kills. Returns once it has ended. */
        void stop(String signal, Duration grace) throws IOException, InterruptedException;

        /** Readable until it is removed. */
        Usage usage() throws IOException;

        /** Takes away what is left of it: cgroup, mounts, network, directory. */
        void remove() throws IOException, InterruptedException;
    }

    /**
     * How a container ended.
     *
     * @param code empty where the kernel could not tell, or a signal ended it
     * @param how with a text as 'exited 42', 'OOM: over 64 MiB', 'killed by SIGSEGV'
     */
    record Exit(Optional<Integer> code, Ending how, Instant at) {}

    /**
     * What it used.
     *
     * @param cpuSeconds since its start, by cgroup accounting
     * @param memoryBytes held now, by cgroup accounting
     * @param egressBytes sent past the host since its start, by the packet filter; empty where that does not count
     */
    record Usage(double cpuSeconds, long memoryBytes, Optional<Long> egressBytes) {}
}
