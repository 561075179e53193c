package io.slipway.api;

import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.control.OwnSeriesStore;
import io.slipway.release.OwnSeries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Series of the teams' own, in memory. */
public final class FakeSeries implements OwnSeriesStore {
    private record Key(RevisionId revision, OwnSeries series) {}

    private final Map<Key, TreeMap<Instant, Stored>> values = new LinkedHashMap<>();
    private final Map<OwnSeries, State> states = new LinkedHashMap<>();

    @Override
    public synchronized int answered(RevisionId revision, OwnSeries series, List<Value> given, Instant at) {
        TreeMap<Instant, Stored> known = values.computeIfAbsent(new Key(revision, series), k -> new TreeMap<>());
        int before = known.size();
        given.forEach(v -> known.putIfAbsent(v.at(), new Stored(v, at)));
        put(revision.service(), series, newest(revision, series), Optional.of(at), Optional.empty(), Optional.empty());
        return known.size() - before;
    }

    private void put(
            ServiceName service,
            OwnSeries series,
            Optional<Instant> newest,
            Optional<Instant> answered,
            Optional<Instant> failed,
            Optional<String> error) {
        states.put(series, new State(service, series, newest, answered, failed, error));
    }

    @Override
    public synchronized void failed(ServiceName service, OwnSeries series, String error, Instant at) {
        Optional<State> before = Optional.ofNullable(states.get(series));
        put(
                service,
                series,
                before.flatMap(State::newest),
                before.flatMap(State::answeredAt),
                Optional.of(at),
                Optional.of(error));
    }

    @Override
    public synchronized List<Stored> values(RevisionId revision, OwnSeries series, Instant from, Instant to) {
        return new ArrayList<>(values.getOrDefault(new Key(revision, series), new TreeMap<>())
                .subMap(from, to)
                .values());
    }

    @Override
    public synchronized List<Value> means(
            RevisionId revision, OwnSeries series, Instant from, Instant to, Duration step) {
        TreeMap<Long, List<Value>> steps = new TreeMap<>();
        for (Stored stored : values(revision, series, from, to)) {
            if (Double.isFinite(stored.value().value())) {
                long at = Math.floorDiv(stored.value().at().toEpochMilli(), step.toMillis());
                steps.computeIfAbsent(at, s -> new ArrayList<>()).add(stored.value());
            }
        }
        return steps.entrySet().stream()
                .map(e -> new Value(
                        Instant.ofEpochMilli(e.getKey() * step.toMillis()),
                        e.getValue().stream().mapToDouble(Value::seconds).max().orElseThrow(),
                        e.getValue().stream()
                                .mapToDouble(Value::value)
                                .average()
                                .orElseThrow()))
                .toList();
    }

    @Override
    public synchronized Optional<Instant> newest(RevisionId revision, OwnSeries series) {
        return Optional.ofNullable(values.get(new Key(revision, series)))
                .filter(v -> !v.isEmpty())
                .map(TreeMap::lastKey);
    }

    @Override
    public synchronized List<State> states(ServiceName service) {
        return states.values().stream().filter(s -> s.service().equals(service)).toList();
    }

    @Override
    public void dropBefore(Instant limit) {}
}
