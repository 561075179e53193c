package io.slipway.app;

import io.slipway.analysis.Prices;
import io.slipway.telemetry.Prometheus;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The controller's settings under {@code slipway.}, with their defaults.
 *
 * @param lookInterval {@code look-interval}: between two looks of the judge
 * @param leaseLength {@code lease-length}: after so long without a renewal another controller leads
 * @param windowsKept {@code windows-kept}: metric windows older than this are dropped
 * @param cpuOvercommit {@code cpu-overcommit}: cores promised per core of a host
 * @param prices {@code prices.cpu-hour}, {@code prices.gib-hour}, {@code prices.egress-gib}, {@code prices.currency}
 * @param prometheus {@code prometheus.url} of a Prometheus that stop conditions may ask; with {@code prometheus.username} and
 *     {@code prometheus.password-file}, or {@code prometheus.token-file}, {@code prometheus.timeout} (10 s) and {@code prometheus.step} (10 s)
 * @param webhooksAllowPrivate {@code webhooks.allow-private}: webhooks may lead into private networks
 */
record ControlSettings(
        Duration lookInterval,
        Duration leaseLength,
        Duration windowsKept,
        double cpuOvercommit,
        Prices prices,
        Optional<Prometheus.Settings> prometheus,
        boolean webhooksAllowPrivate) {
    static ControlSettings of(Environment environment) {
        Binder binder = Binder.get(environment);
        return new ControlSettings(
                get(binder, "look-interval", Duration.ofSeconds(10)),
                get(binder, "lease-length", Duration.ofSeconds(15)),
                get(binder, "windows-kept", Duration.ofDays(30)),
                get(binder, "cpu-overcommit", 4.0),
                new Prices(
                        get(binder, "prices.cpu-hour", 0.04),
                        get(binder, "prices.gib-hour", 0.005),
                        get(binder, "prices.egress-gib", 0.0),
                        get(binder, "prices.currency", "EUR")),
                PrometheusSettings.of(binder),
                get(binder, "webhooks.allow-private", false));
    }

    static <T> T get(Binder binder, String name, T otherwise) {
        @SuppressWarnings("unchecked")
        Class<T> type = (Class<T>) otherwise.getClass();
        return binder.bind("slipway." + name, type).orElse(otherwise);
    }
}
