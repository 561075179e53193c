package io.slipway.app;

import io.slipway.telemetry.Prometheus;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Binder;

/** Where stop conditions' queries are asked, from the controller's settings. Secrets are read from files, so that no environment shows them. */
final class PrometheusSettings {
    private static final Duration USUAL = Duration.ofSeconds(10);

    private PrometheusSettings() {}

    /** Empty when no address is set. Fails, naming the setting, when what is set cannot be used. */
    static Optional<Prometheus.Settings> of(Binder binder) {
        String url = ControlSettings.get(binder, "prometheus.url", "");
        if (url.isBlank()) {
            return Optional.empty();
        }
        Duration timeout = ControlSettings.get(binder, "prometheus.timeout", USUAL);
        Duration step = ControlSettings.get(binder, "prometheus.step", USUAL);
        if (timeout.compareTo(Duration.ofMillis(100)) < 0 || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
            throw wrong("timeout", timeout + " is outside 100ms to 1m");
        }
        if (step.compareTo(Duration.ofSeconds(1)) < 0
                || step.compareTo(Duration.ofMinutes(5)) > 0
                || step.toMillis() % 1000 != 0) {
            throw wrong("step", step + " is not whole seconds from 1s to 5m");
        }
        return Optional.of(new Prometheus.Settings(address(url), authorization(binder), timeout, step));
    }

    private static URI address(String url) {
        try {
            URI uri = URI.create(url);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw wrong("url", "'" + url + "' is no address: " + e.getMessage());
        }
        throw wrong("url", "'" + url + "' is not http(s)://HOST[:PORT][/PATH] without user info");
    }

    private static Optional<String> authorization(Binder binder) {
        String token = secret(binder, "token-file");
        String password = secret(binder, "password-file");
        String user = ControlSettings.get(binder, "prometheus.username", "");
        if (!token.isEmpty() && !user.isEmpty()) {
            throw wrong("token-file", "is set beside prometheus.username; keep one of them");
        }
        if (user.isEmpty() != password.isEmpty()) {
            throw wrong("username", "and password-file go together; set both");
        }
        if (!token.isEmpty()) {
            return Optional.of("Bearer " + token);
        }
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return user.isEmpty()
                ? Optional.empty()
                : Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
    }

    private static String secret(Binder binder, String name) {
        String file = ControlSettings.get(binder, "prometheus." + name, "");
        if (file.isEmpty()) {
            return "";
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw wrong(name, "'" + file + "' cannot be read: " + e);
        }
    }

    private static IllegalArgumentException wrong(String name, String problem) {
        return new IllegalArgumentException("setting slipway.prometheus." + name + " " + problem);
    }
}
