package io.slipway.api;

import io.slipway.base.MetricWindow;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.Views;
import io.slipway.runbook.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What can be read, in memory. */
public final class FakeViews implements Views {
    private final Map<ServiceName, ServiceView> services = new LinkedHashMap<>();
    private final Map<RolloutId, RolloutView> rollouts = new LinkedHashMap<>();
    private final List<RevisionView> revisions = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private final List<HostView> hosts = new ArrayList<>();
    private final List<AllocationView> allocations = new ArrayList<>();
    private final Map<ServiceName, List<SeriesPoint>> series = new LinkedHashMap<>();

    private final Map<ServiceName, List<WindowsOfHost>> sources = new LinkedHashMap<>();
    private final Map<RolloutId, Recording> recordings = new LinkedHashMap<>();
    private final Map<RolloutId, List<MetricWindow>> recorded = new LinkedHashMap<>();

    public synchronized void put(ServiceView service) {
        services.put(service.name(), service);
        service.latest().ifPresent(this::put);
        service.active().ifPresent(this::put);
        notifyAll();
    }

    public synchronized void put(RolloutView rollout) {
        rollouts.put(rollout.id(), rollout);
        notifyAll();
    }

    public synchronized void add(RevisionView revision) {
        revisions.add(revision);
    }

    public synchronized void add(Decision decision) {
        decisions.add(decision);
        notifyAll();
    }

    public synchronized void add(HostView host) {
        hosts.add(host);
    }

    public synchronized void add(AllocationView allocation) {
        allocations.add(allocation);
    }

    public synchronized void add(ServiceName service, List<SeriesPoint> points) {
        series.computeIfAbsent(service, s -> new ArrayList<>()).addAll(points);
    }

    @Override
    public synchronized List<ServiceView> services() {
        return List.copyOf(services.values());
    }

    @Override
    public synchronized Optional<ServiceView> service(ServiceName name) {
        return Optional.ofNullable(services.get(name));
    }

    @Override
    public synchronized List<RevisionView> revisions(ServiceName name) {
        return revisions.stream().filter(r -> r.id().service().equals(name)).toList();
    }

    @Override
    public synchronized Optional<RolloutView> rollout(RolloutId id) {
        return Optional.ofNullable(rollouts.get(id));
    }

    @Override
    public synchronized List<RolloutView> rollouts(
            Optional<ServiceName> service, Optional<RolloutId> before, int limit) {
        List<RolloutView> found = rollouts.values().stream()
                .filter(r -> service.map(r.revision().service()::equals).orElse(true))
                .sorted(Comparator.comparing(RolloutView::createdAt).reversed())
                .toList();
        int from = before.map(id -> found.stream().map(RolloutView::id).toList().indexOf(id) + 1)
                .orElse(0);
        return found.stream().skip(from).limit(limit).toList();
    }

    @Override
    public synchronized List<Decision> decisions(RolloutId id) {
        return decisions.stream()
                .filter(d -> d.rollout().filter(id::equals).isPresent())
                .sorted(Comparator.comparingLong(Decision::sequence).reversed())
                .toList();
    }

    @Override
    public synchronized List<Decision> chain(long fromSequence, int limit) {
        return decisions.stream()
                .filter(d -> d.sequence() >= fromSequence)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<SeriesPoint> series(RolloutId id, Instant from, Instant to, Duration step) {
        return rollout(id)
                .map(r -> series(r.revision().service(), from, to, step))
                .orElse(List.of());
    }

    @Override
    public synchronized List<SeriesPoint> series(ServiceName service, Instant from, Instant to, Duration step) {
        java.util.Set<String> taken = new java.util.HashSet<>();
        return series.getOrDefault(service, List.of()).stream()
                .filter(p -> !p.start().isBefore(from) && p.start().isBefore(to))
                .filter(p -> taken.add(
                        p.arm() + " " + Duration.between(from, p.start()).dividedBy(step)))
                .toList();
    }

    @Override
    public String currency() {
        return "EUR";
    }

    public synchronized void put(Recording recording, List<MetricWindow> windows) {
        recordings.put(recording.rollout(), recording);
        recorded.put(recording.rollout(), windows);
    }

    public synchronized void windowSources(ServiceName service, List<WindowsOfHost> hosts) {
        sources.put(service, hosts);
    }

    @Override
    public synchronized List<WindowsOfHost> windowSources(ServiceName service) {
        return sources.getOrDefault(service, List.of());
    }

    @Override
    public synchronized Optional<Recording> recording(RolloutId id) {
        return Optional.ofNullable(recordings.get(id));
    }

    @Override
    public synchronized List<MetricWindow> windows(Recording recording, Instant from, Instant to) {
        return recorded.getOrDefault(recording.rollout(), List.of()).stream()
                .filter(w -> !w.start().isBefore(from) && w.start().isBefore(to))
                .toList();
    }

    @Override
    public synchronized List<HostView> hosts() {
        return List.copyOf(hosts);
    }

    @Override
    public synchronized List<AllocationView> allocations(Optional<ServiceName> service) {
        return allocations.stream()
                .filter(a ->
                        service.map(a.allocation().revision().service()::equals).orElse(true))
                .toList();
    }

    @Override
    public synchronized Optional<RolloutView> awaitChange(RolloutId id, long seen, Duration wait)
            throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        while (rollouts.containsKey(id) && rollouts.get(id).version() <= seen && System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, end - System.nanoTime()));
        }
        return rollout(id);
    }
}
