package io.slipway.app.demo;

import io.slipway.agent.FreePorts;
import io.slipway.cli.ApiClient;
import io.slipway.cli.CommandFailed;
import io.slipway.cli.ExitCode;
import io.slipway.linux.Daemon;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A whole Slipway of its own on this host, as {@code slipway up} starts it, in a directory of its own. */
public final class LocalSlipway {
    private static final Duration START_WITHIN = Duration.ofSeconds(120);
    private static final Duration END_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_MS = 50;

    private final Path directory;
    private final int port;
    private final int edgePort;
    private final int fleetPort;
    private boolean lasting;
    private Daemon agent;
    private int logBegins;

    private LocalSlipway(Path directory, boolean lasting, int port, int edgePort, int fleetPort) throws IOException {
        this.directory = directory;
        this.lasting = lasting;
        this.port = port;
        this.edgePort = edgePort;
        this.fleetPort = fleetPort;
        this.agent = start();
    }

    /** Starts it on free ports, and returns once its API answers. */
    public static LocalSlipway start(Path directory) throws IOException, InterruptedException {
        return start(directory, false);
    }

    /** As {@link #start}, but after its {@link #end} edge and containers go on serving, as with a plain {@code slipway up}. */
    public static LocalSlipway startLasting(Path directory) throws IOException, InterruptedException {
        return start(directory, true);
    }

    private static LocalSlipway start(Path directory, boolean lasting) throws IOException, InterruptedException {
        LocalSlipway slipway = begin(directory, lasting);
        slipway.awaitApi();
        return slipway;
    }

    /** As {@link #start}, without waiting for it. */
    static LocalSlipway begin(Path directory) throws IOException {
        return begin(directory, false);
    }

    private static LocalSlipway begin(Path directory, boolean lasting) throws IOException {
        Files.createDirectories(directory);
        return new LocalSlipway(directory, lasting, FreePorts.take(), FreePorts.take(), FreePorts.take());
    }

    /** Starts {@code slipway up} again after its end; what runs already is taken over by it. */
    public void restartAgent() throws IOException {
        agent = start();
    }

    public int agentPid() {
        return agent.pid();
    }

    private Daemon start() throws IOException {
        logBegins = Files.exists(log()) ? Math.toIntExact(Files.size(log())) : 0;
        return Daemon.start(new Daemon.Command(
                "demo:" + directory,
                upCommand(),
                Path.of("/"),
                Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "JAVA_HOME", System.getProperty("java.home")),
                log(),
                directory.resolve("up.pid"),
                Optional.empty()));
    }

    public ApiClient api() throws IOException {
        return new ApiClient(
                "http://127.0.0.1:" + port,
                Files.readString(data().resolve("admin-token")).strip());
    }

    public URI dashboard() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    public URI edge() {
        return URI.create("http://127.0.0.1:" + edgePort + "/");
    }

    public Path data() {
        return directory.resolve("data");
    }

    public Path log() {
        return directory.resolve("up.log");
    }

    /** Returns once {@code up} says that all of it runs, and the API knows this host. */
    public void awaitApi() throws IOException, InterruptedException {
        Instant end = Instant.now().plus(START_WITHIN);
        while (!saysReady() || !apiAnswers()) {
            if (Instant.now().isAfter(end)) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "slipway up did not answer within " + START_WITHIN.toSeconds() + " s; its log is " + log());
            }
            Thread.sleep(LOOK_EVERY_MS);
        }
    }

    /** The log is appended to over its runs; only what this one said counts. */
    private boolean saysReady() throws IOException {
        byte[] all = Files.readAllBytes(log());
        return new String(all, logBegins, all.length - logBegins, StandardCharsets.UTF_8).contains("Admin token: ");
    }

    /** Ends it and takes everything away that it made: containers, links, cgroups, mounts, processes. Its directory stays. */
    public void tearDown() throws IOException, InterruptedException {
        if (lasting) {
            end();
            lasting = false;
            restartAgent();
            awaitApi();
        }
        end();
    }

    /** Ends {@code slipway up} as a service manager does. */
    public void end() throws IOException, InterruptedException {
        agent.end("SIGTERM", END_WITHIN);
    }

    private boolean apiAnswers() {
        try {
            return Files.exists(data().resolve("admin-token"))
                    && !api().get("/api/v1/hosts").path("items").isEmpty();
        } catch (IOException | CommandFailed notYet) {
            return false;
        }
    }

    private List<String> upCommand() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms8m",
                "-Xmx64m",
                "-Xss512k",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=24m",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                "io.slipway.app.Main",
                "up"));
        command.addAll(List.of("--data", data().toString(), "--port", "" + port, "--edge-port", "" + edgePort));
        command.addAll(List.of("--fleet-port", "" + fleetPort, "--window", "1s", "--look-interval", "1s"));
        command.addAll(List.of("--lease-length", "5s"));
        if (!lasting) {
            command.add("--stop-containers");
        }
        return command;
    }

    /** Of whoever loaded this class, which a launcher of tests may do by a loader of its own. Absolute, since the daemon's directory is another one. */
    private static String classPath() {
        Stream<Path> parts = LocalSlipway.class.getClassLoader() instanceof URLClassLoader loader
                ? Stream.of(loader.getURLs()).map(url -> Path.of(URI.create(url.toString())))
                : Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(Path::of);
        return parts.map(part -> part.toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
    }
}
