package io.slipway.app;

import io.slipway.cli.ExitCode;
import io.slipway.cli.HelpOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway controller}: REST, dashboard, loops and judge. Unprivileged; runs until SIGTERM. */
@Command(
        name = "controller",
        description = "The controller: REST, dashboard, decisions. Any number of them; one leads.")
public final class ControllerCommand implements Callable<Integer> {
    @Mixin
    private HelpOption help = new HelpOption();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Holds admin-token and fleet-token. Default: $SLIPWAY_DATA, or /var/lib/slipway.")
    private @Nullable Path data;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "Default: 127.0.0.1.")
    private String bind = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "REST and dashboard. Default: 8080.")
    private int port = 8080;

    @Option(names = "--fleet-port", paramLabel = "PORT", description = "Where agents dial. Default: 7400.")
    private int fleetPort = 7400;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "jdbc:postgresql://... Default: $SLIPWAY_DATABASE_URL.")
    private @Nullable String databaseUrl;

    @Option(
            names = "--look-interval",
            paramLabel = "DURATION",
            description = "Between two looks of the judge. Default: 10s.")
    private String lookInterval = "10s";

    @Option(
            names = "--lease-length",
            paramLabel = "DURATION",
            description = "After so long without a sign of the leading controller another one leads. Default: 15s.")
    private String leaseLength = "15s";

    @Override
    public Integer call() throws InterruptedException {
        SpringApplication application = new SpringApplication(ControllerApplication.class);
        application.setDefaultProperties(properties());
        CountDownLatch closed = new CountDownLatch(1);
        ConfigurableApplicationContext context = application.run();
        context.addApplicationListener(event -> {
            if (event instanceof ContextClosedEvent) {
                closed.countDown();
            }
        });
        closed.await();
        return ExitCode.DONE;
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>(WebBeans.PROPERTIES);
        String named = System.getenv("SLIPWAY_DATA");
        Path directory = data != null ? data : Path.of(named != null ? named : "/var/lib/slipway");
        properties.put("server.address", bind);
        properties.put("server.port", port);
        properties.put("slipway.data", directory.toString());
        properties.put("slipway.fleet.port", fleetPort);
        properties.put("slipway.look-interval", lookInterval);
        properties.put("slipway.lease-length", leaseLength);
        String url = databaseUrl != null ? databaseUrl : System.getenv("SLIPWAY_DATABASE_URL");
        if (url != null) {
            properties.put("spring.datasource.url", url);
        }
        return properties;
    }
}
