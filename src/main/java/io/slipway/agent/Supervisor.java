package io.slipway.agent;

import io.slipway.agent.DataDirectory.Role;
import io.slipway.fleet.FleetClient;
import io.slipway.fleet.FleetToken;
import io.slipway.linux.Daemon;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What {@code slipway up} runs: the agent of this host, and Postgres, controller and proxy as unprivileged children, all on loopback.
 *
 * <p>An orderly {@link #close} stops controller and database, and leaves the edge and the containers serving, as an upgrade or a crash
 * does; the next start takes them over. {@link #tearDown} ends those too.
 */
public final class Supervisor implements AutoCloseable {
    private static final Duration START_WITHIN = Duration.ofSeconds(90);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final int OOM_SCORE_ADJ = -900;
    /** What a new installation needs at first: programs, database, and the first of the 256 MiB that its log may take. */
    private static final long NEW_BYTES = 256 << 20;

    private static final Logger LOG = Logger.getLogger(Supervisor.class.getName());

    private final DataDirectory data;
    private final Ports ports;
    private final Deque<Child> children = new ArrayDeque<>();
    private @Nullable Child proxy;
    private Child.@Nullable Java proxyPart;
    private @Nullable Agent agent;
    private @Nullable FleetClient client;
    private @Nullable ProxyEdge edge;
    private @Nullable HostParts host;

    private Supervisor(DataDirectory data, Ports ports) {
        this.data = data;
        this.ports = ports;
    }

    /** Starts or takes over everything, and returns once it answers. On failure what was started is stopped again. */
    public static Supervisor start(SupervisorOptions options, HostParts.Opening opening)
            throws IOException, InterruptedException {
        DataDirectory data = DataDirectory.open(options.data());
        boolean started = false;
        Supervisor supervisor = null;
        try {
            supervisor = new Supervisor(data, Ports.choose(data.child("ports.json"), options));
            supervisor.begin(options, opening);
            started = true;
            return supervisor;
        } finally {
            if (!started) {
                // Taking back is done whole, also when an interrupt ended the start.
                Thread.interrupted();
                if (supervisor != null) {
                    supervisor.abandon();
                }
                data.close();
            }
        }
    }

    public URI dashboard() {
        return URI.create("http://127.0.0.1:" + ports.controller() + "/");
    }

    public URI edge() {
        return URI.create("http://127.0.0.1:" + ports.edge() + "/");
    }

    /** The admin token's file (0600); the token is inside. */
    public Path adminToken() {
        return data.child("admin-token");
    }

    /** Stops controller and database. The edge and the containers go on. */
    @Override
    public void close() throws IOException, InterruptedException {
        closeAgent();
        if (proxy != null) {
            proxy.leave();
        }
        stopChildren();
        if (host != null) {
            host.close();
        }
        data.close();
    }

    /**
     * After a failed start: an edge that ran before goes on, one that was only just started does not. A network that was only just made goes too,
     * unless a container was started on it.
     */
    private void abandon() throws IOException, InterruptedException {
        Child.Java part = proxyPart;
        if (proxy != null && part != null && !part.adopted()) {
            proxy.stop();
        }
        closeAgent();
        try {
            if (host != null && host.isUnused()) {
                host.removeNetwork();
            }
        } finally {
            close();
        }
    }

    /** Stops everything and removes containers, cgroups, mounts, network and processes; with {@code data}, the directory too. */
    public void tearDown(boolean withData) throws IOException, InterruptedException {
        closeAgent();
        if (proxy != null) {
            proxy.stop();
        }
        if (host != null) {
            host.removeContainers();
            host.removeNetwork();
        }
        stopChildren();
        if (host != null) {
            host.close();
        }
        data.close();
        if (withData) {
            Directories.delete(data.path());
        }
    }

    private void begin(SupervisorOptions options, HostParts.Opening opening) throws IOException, InterruptedException {
        if (options.databaseUrl().isEmpty() && !Files.exists(data.child("postgres"))) {
            data.requireRoom(NEW_BYTES);
        }
        if (!Daemon.protectSelf(OOM_SCORE_ADJ)) {
            LOG.log(Level.WARNING, "this machine does not let the agent protect itself from the OOM killer");
        }
        String fleetToken = secret("fleet-token");
        String edgeToken = secret("edge-token");
        ChildCommands commands = new ChildCommands(data, Programs.stage(data.child("app")), ports, options);
        HostParts parts = opening.open(data);
        host = parts;
        startProxy(commands, edgeToken);
        startAgent(options, parts, fleetToken, edgeToken);
        startController(options, commands, fleetToken);
        String server = "http://127.0.0.1:" + ports.controller() + "\n";
        Directories.writeDurably(data.child("server"), server.getBytes(StandardCharsets.US_ASCII));
        publishAdminToken(commands.directory(Role.CONTROLLER).resolve("admin-token"));
    }

    /** The controller makes it once it serves, in its own directory; people look for it in the data directory. */
    private void publishAdminToken(Path made) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + START_WITHIN.toNanos();
        while (!Files.exists(made)) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException(
                        "the controller made no admin token at " + made + "; see its log in " + data.child("log"));
            }
            Thread.sleep(LOOK_EVERY);
        }
        Directories.writeSecret(adminToken(), Files.readString(made));
    }

    private void startProxy(ChildCommands commands, String token) throws IOException, InterruptedException {
        Child.Java part = new Child.Java(() -> commands.proxy(token), new HttpCheck(ports.edgeAdmin(), "/health"));
        Child child = new Child("proxy", part);
        proxyPart = part;
        proxy = child;
        child.start(START_WITHIN);
    }

    private void startAgent(SupervisorOptions options, HostParts parts, String fleetToken, String edgeToken)
            throws IOException, InterruptedException {
        AgentOptions forAgent =
                AgentOptions.of(options.host(), data.child("agent")).withWindow(options.window(), options.warmUp());
        FleetClient dialled =
                new FleetClient(URI.create("http://127.0.0.1:" + ports.fleet()), new FleetToken(fleetToken));
        client = dialled;
        ProxyEdge here = new ProxyEdge(URI.create("http://127.0.0.1:" + ports.edgeAdmin()), edgeToken);
        edge = here;
        Agent started = new Agent(forAgent, parts.containers(), here, dialled, Clock.systemUTC());
        agent = started;
        started.start();
    }

    private void startController(SupervisorOptions options, ChildCommands commands, String fleetToken)
            throws IOException, InterruptedException {
        Child.Java controller;
        if (options.databaseUrl().isPresent()) {
            String url = options.databaseUrl().get();
            controller = controller(() -> commands.controller(url, Optional.empty(), fleetToken));
        } else {
            EmbeddedPostgres postgres =
                    new EmbeddedPostgres(data.child("postgres"), data.mark("postgres"), data.user(Role.POSTGRES));
            begin("postgres", new Database(postgres, data.child("postgres/postgres.log")));
            controller = controller(
                    () -> commands.controller(postgres.jdbcUrl(), Optional.of(postgres.passLine()), fleetToken));
        }
        begin("controller", controller);
    }

    private Child.Java controller(Child.Java.Commands commands) {
        return new Child.Java(commands, new HttpCheck(ports.controller(), "/actuator/health"));
    }

    private void begin(String name, Child.Part part) throws IOException, InterruptedException {
        Child child = new Child(name, part);
        children.push(child);
        child.start(START_WITHIN);
    }

    private void closeAgent() throws InterruptedException {
        if (agent != null) {
            agent.close();
            agent = null;
        }
        if (client != null) {
            client.close();
            client = null;
        }
        if (edge != null) {
            edge.close();
            edge = null;
        }
    }

    private void stopChildren() throws InterruptedException {
        for (Child child = children.poll(); child != null; child = children.poll()) {
            try {
                child.stop();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "stopping: {0}", e.getMessage());
            }
        }
    }

    /** A random secret of ours, made once, 0600. */
    private String secret(String name) throws IOException {
        Path file = Directories.make(data.child("agent"), "rwx------").resolve(name);
        if (!Files.exists(file)) {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            Directories.writeSecret(file, HexFormat.of().formatHex(random) + "\n");
        }
        return Files.readString(file).strip();
    }

    private record Database(EmbeddedPostgres postgres, Path log) implements Child.Part {
        @Override
        public void start() throws IOException, InterruptedException {
            postgres.start();
        }

        @Override
        public boolean alive() {
            return postgres.alive();
        }

        @Override
        public boolean ready() {
            return postgres.alive();
        }

        @Override
        public void stop() throws IOException, InterruptedException {
            postgres.stop();
        }
    }
}
