package io.slipway.api;

import io.slipway.app.WebBeans;
import io.slipway.control.IdempotencyKeys;
import io.slipway.control.OwnSeriesStore;
import io.slipway.control.Releases;
import io.slipway.control.RunbookShelf;
import io.slipway.control.Tokens;
import io.slipway.control.Views;
import io.slipway.control.Webhooks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The controller's front on a real server with a port of its own, over fakes. Started once for all tests. */
public final class FrontServer implements AutoCloseable {
    public final FakeViews views = new FakeViews();
    public final FakeReleases releases = new FakeReleases();
    public final FakeTokens tokens = new FakeTokens();
    public final FakeShelf shelf = new FakeShelf();
    public final FakeWebhooks webhooks = new FakeWebhooks();
    public final FakeSeries series = new FakeSeries();
    public final FakeIdempotencyKeys keys = new FakeIdempotencyKeys();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ServletWebServerApplicationContext context;

    public FrontServer(int port) {
        SpringApplication application = new SpringApplicationBuilder(Front.class).build();
        application.addInitializers(c -> {
            var beans = c.getBeanFactory();
            beans.registerSingleton("views", (Views) views);
            beans.registerSingleton("releases", (Releases) releases);
            beans.registerSingleton("tokens", (Tokens) tokens);
            beans.registerSingleton("shelf", (RunbookShelf) shelf);
            beans.registerSingleton("webhooks", (Webhooks) webhooks);
            beans.registerSingleton("series", (OwnSeriesStore) series);
            beans.registerSingleton("keys", (IdempotencyKeys) keys);
            beans.registerSingleton("clock", Clock.systemUTC());
        });
        Map<String, Object> properties = new HashMap<>(WebBeans.PROPERTIES);
        // Tomcat leaves its directory behind when the JVM ends before it; there it is nobody's rubbish.
        properties.put("server.tomcat.basedir", "target/tomcat");
        // So long that whatever is held up by an open request is told apart from a slow machine.
        properties.put("spring.lifecycle.timeout-per-shutdown-phase", "90s");
        properties.put("server.port", port);
        properties.put("logging.level.root", "WARN");
        application.setDefaultProperties(properties);
        context = (ServletWebServerApplicationContext) application.run();
    }

    public int port() {
        return java.util.Objects.requireNonNull(context.getWebServer()).getPort();
    }

    public URI at(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String path, String token) throws Exception {
        return send(HttpRequest.newBuilder(at(path)).header("Authorization", "Bearer " + token));
    }

    public HttpResponse<String> post(String path, String token, String type, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    public static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    @Override
    public void close() {
        http.close();
        context.close();
    }

    /** The application. Database parts are left out: the ports are fakes. */
    @SpringBootConfiguration
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
                "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
                "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration"
            })
    @Import(WebBeans.class)
    static class Front {}
}
