package io.slipway.api;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.control.Views.SeriesPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A day of a service's counts, and both arms for as long as a rollout lasts. */
final class SeriesScene {
    private final FrontServer server;
    private final Instant now;
    private final Random random;

    SeriesScene(FrontServer server, Instant now, Random random) {
        this.server = server;
        this.now = now;
        this.random = random;
    }

    void add(String name, int candidate, long minutes, double slower, double errorsCandidate, double errorsStable) {
        ServiceName service = new ServiceName(name);
        double base = 40 + random.nextInt(160);
        List<SeriesPoint> points = new ArrayList<>();
        for (long m = 24 * 60; m > minutes; m -= 5) {
            points.add(point(
                    service,
                    candidate - 1,
                    Arm.STABLE,
                    ago(m),
                    300,
                    base * (1 + 0.25 * Math.sin(m / 229.0)),
                    errorsStable,
                    2200));
        }
        long step = minutes > 120 ? 120 : 20;
        for (long s = minutes * 60; s > 0; s -= step) {
            Instant at = now.minusSeconds(s);
            points.add(point(service, candidate - 1, Arm.STABLE, at, step, base, errorsStable, 120));
            points.add(point(service, candidate - 1, Arm.CONTROL, at, step, base, errorsStable, 45));
            if (!(Double.isNaN(slower) && s < minutes * 20)) {
                double share = s > minutes * 30 ? 9 : 45;
                points.add(point(
                        service,
                        candidate,
                        Arm.CANDIDATE,
                        at,
                        step,
                        base * (Double.isNaN(slower) ? 1 : slower),
                        errorsCandidate,
                        share));
            }
        }
        server.views.add(service, points);
    }

    private SeriesPoint point(
            ServiceName service,
            int revision,
            Arm arm,
            Instant at,
            double seconds,
            double p95,
            double errorShare,
            double requests) {
        long n = Math.max(1, Math.round(requests * seconds / 20 * (0.9 + 0.2 * random.nextDouble())));
        long[] dense = new long[LatencyHistogram.BUCKETS];
        for (int i = 0; i < 60; i++) {
            double ms = p95 * 0.5 * Math.exp(0.42 * random.nextGaussian());
            dense[LatencyHistogram.bucketOfNanos((long) (ms * 1e6))] += Math.max(1, n / 60);
        }
        long errors = 0;
        for (int i = 0; i < Math.min(n, 400); i++) {
            errors += random.nextDouble() < errorShare ? 1 : 0;
        }
        double cost = n * 0.0000120 * (0.95 + 0.1 * random.nextDouble());
        return new SeriesPoint(
                at,
                seconds,
                arm,
                new RevisionId(service, Math.max(1, revision)),
                n,
                errors,
                LatencyHistogram.ofDense(dense),
                cost,
                cost / n,
                n * 0.004,
                n * 2e6,
                n * 5e3,
                3);
    }

    private Instant ago(long minutes) {
        return now.minus(Duration.ofMinutes(minutes));
    }
}
