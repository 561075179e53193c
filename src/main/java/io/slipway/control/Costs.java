package io.slipway.control;

import io.slipway.base.RevisionId;
import io.slipway.control.Views.SeriesPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a service cost over some time: cpu time, memory and what left the hosts, by the price list.
 *
 * @param currency ISO 4217 code
 * @param revisions of those that ran, newest first
 * @param cost of all of them
 * @param seconds for how long any of them ran
 */
public record Costs(String currency, List<OfRevision> revisions, double cost, double seconds) {
    /** What ran for less says little of a month: its first and last interval count whole. */
    private static final Duration TOLD_AFTER = Duration.ofHours(3);

    /** The twelfth part of a year of 365.25 days. */
    private static final double MONTH_SECONDS = 365.25 / 12 * 86_400;

    /**
     * One revision, all of its arms together.
     *
     * @param seconds for how long it ran, to the resolution of the series
     */
    public record OfRevision(RevisionId revision, long requests, double cost, double seconds) {
        /** Of a thousand requests; empty without any. */
        public Optional<Double> perThousand() {
            return Optional.of(cost / requests * 1000).filter(c -> requests > 0);
        }

        /** If it goes on as it did; empty for one that ran for less than three hours. */
        public Optional<Double> perMonth() {
            return monthly(cost, seconds);
        }
    }

    public static Costs of(List<SeriesPoint> points, String currency) {
        Map<RevisionId, List<SeriesPoint>> byRevision =
                new TreeMap<>(Comparator.comparing(RevisionId::number).reversed());
        points.forEach(p ->
                byRevision.computeIfAbsent(p.revision(), r -> new ArrayList<>()).add(p));
        List<OfRevision> revisions = new ArrayList<>();
        byRevision.forEach((revision, own) -> revisions.add(new OfRevision(
                revision, own.stream().mapToLong(SeriesPoint::requests).sum(), sum(own), seconds(own))));
        return new Costs(currency, revisions, sum(points), seconds(points));
    }

    /** Of the whole service, if it goes on as it did; empty for one that ran for less than three hours. */
    public Optional<Double> perMonth() {
        return monthly(cost, seconds);
    }

    private static Optional<Double> monthly(double cost, double seconds) {
        return Optional.of(cost / seconds * MONTH_SECONDS).filter(c -> seconds >= TOLD_AFTER.toSeconds());
    }

    private static double sum(List<SeriesPoint> points) {
        // The newest windows may hold what cannot be true, as their hosts sent it.
        return points.stream()
                .mapToDouble(SeriesPoint::cost)
                .filter(c -> c >= 0 && Double.isFinite(c))
                .sum();
    }

    /** Arms that ran at the same time count once. */
    private static double seconds(List<SeriesPoint> points) {
        Map<Instant, Double> intervals = new HashMap<>();
        points.forEach(p -> intervals.merge(p.start(), p.seconds(), Math::max));
        return intervals.values().stream().mapToDouble(s -> s).sum();
    }
}
