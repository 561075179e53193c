package io.slipway.app;

import io.slipway.cli.HelpOption;
import io.slipway.traffic.ProxyOptions;
import io.slipway.traffic.ProxyServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code slipway proxy}: the edge as a process of its own. */
@Command(name = "proxy", description = "Run the edge of one host: routes, counts and measures requests.")
public final class ProxyCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private HelpOption help = new HelpOption();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8000",
            description = "Where clients are served (default ${DEFAULT-VALUE}).")
    private String listen = "127.0.0.1:8000";

    @Option(
            names = "--admin",
            paramLabel = "127.0.0.1:PORT",
            defaultValue = "127.0.0.1:0",
            description = "Loopback port of the admin endpoint; 0 is any free one, found in STATE/ready.json.")
    private String admin = "127.0.0.1:0";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            required = true,
            description = "File with the bearer token of the admin endpoint.")
    @SuppressWarnings("NullAway.Init")
    private Path tokenFile;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            required = true,
            description = "Directory for the snapshot of the routes.")
    @SuppressWarnings("NullAway.Init")
    private Path state;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long a stopping edge waits for requests in flight (default ${DEFAULT-VALUE}).")
    private int graceSeconds = 30;

    @Override
    public Integer call() throws Exception {
        if (!hostOf(admin).equals("127.0.0.1")) {
            throw new ParameterException(spec.commandLine(), "--admin " + admin + ": must be on 127.0.0.1");
        }
        ProxyServer.run(new ProxyOptions(
                hostOf(listen), portOf(listen), portOf(admin), tokenFile, state, Duration.ofSeconds(graceSeconds)));
        return 0;
    }

    private static String hostOf(String address) {
        int colon = address.lastIndexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }

    private int portOf(String address) {
        try {
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new ParameterException(
                spec.commandLine(), "'" + address + "' has no port of 0 to 65535; write HOST:PORT");
    }
}
