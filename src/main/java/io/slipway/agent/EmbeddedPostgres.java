package io.slipway.agent;

import io.slipway.linux.Daemon;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Postgres of our own: durable, on loopback, with a password, never as root. It outlives the process that started it and is found again.
 *
 * <pre>
 *   DIR/binaries-*   programs                     DIR/data   the cluster (0700, Postgres' own user)
 *   DIR/run          socket (nobody may use it)   DIR/port, DIR/password (0600), DIR/postgres.log
 * </pre>
 */
public final class EmbeddedPostgres {
    private static final String SUPERUSER = "slipway";
    private static final Duration START_WITHIN = Duration.ofSeconds(60);
    private static final Duration FAST_STOP_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    /** postmaster.pid's eighth line (src/include/utils/pidfile.h, LOCK_FILE_LINE_PM_STATUS). */
    private static final int STATUS_LINE = 7;

    private final Path directory;
    private final String mark;
    private final Optional<Daemon.User> user;
    private @Nullable Daemon process;

    /**
     * @param mark unique on this machine for this database
     * @param user whom it runs as; needed when we are root, and only then
     */
    public EmbeddedPostgres(Path directory, String mark, Optional<Daemon.User> user) {
        this.directory = directory.toAbsolutePath();
        this.mark = mark;
        this.user = user;
    }

    /** Starts it, or adopts the one that runs; makes the cluster the first time. Returns once it takes connections. */
    public void start() throws IOException, InterruptedException {
        Directories.make(directory, "rwx--x--x");
        Path binaries = PostgresBinaries.unpack(directory);
        Path data = directory.resolve("data");
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            create(binaries, data);
        }
        Optional<Daemon> running = Daemon.find(mark, pidFile());
        process = running.isPresent() ? running.get() : launch(binaries, data);
        awaitReady(data);
    }

    public boolean alive() {
        Daemon known = process;
        return known != null && known.alive();
    }

    /** For a JDBC driver, without the password; {@link #passwordFile} has that. */
    public String jdbcUrl() throws IOException {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/postgres?user=" + SUPERUSER;
    }

    public int port() throws IOException {
        return Integer.parseInt(Files.readString(directory.resolve("port")).strip());
    }

    public Path passwordFile() {
        return directory.resolve("password");
    }

    /** In the form of libpq's .pgpass, for a client that runs as another user. */
    public String passLine() throws IOException {
        return "127.0.0.1:*:*:" + SUPERUSER + ":"
                + Files.readString(passwordFile()).strip() + "\n";
    }

    /** Ends it in order: sessions are cut off, all is written. */
    public void stop() throws IOException, InterruptedException {
        Optional<Daemon> running = process != null ? Optional.of(process) : Daemon.find(mark, pidFile());
        if (running.isPresent()) {
            running.get().end("SIGINT", FAST_STOP_WITHIN);
        }
        process = null;
    }

    private Path pidFile() {
        return directory.resolve("postgres.pid");
    }

    /**
     * initdb wants a name for its user (getpwuid), the server does not: so initdb runs as nobody, and the finished cluster is given to the
     * server's own user, which shares its files with no other program.
     */
    private void create(Path binaries, Path data) throws IOException, InterruptedException {
        Path making = Directories.make(directory.resolve("making"), "rwx------");
        Directories.delete(making);
        Directories.make(making, "rwx------");
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        Directories.writeSecret(passwordFile(), password + "\n");
        Directories.writeSecret(making.resolve("password"), password + "\n");
        Optional<Daemon.User> maker = user.isPresent() ? Optional.of(nobody()) : Optional.empty();
        if (maker.isPresent()) {
            Directories.give(making, maker.get().uid(), maker.get().gid());
        }
        initialize(binaries, making, maker);
        if (user.isPresent()) {
            Directories.give(
                    making.resolve("data"), user.get().uid(), user.get().gid());
        }
        Directories.delete(data);
        Files.move(making.resolve("data"), data);
        Directories.delete(making);
    }

    private static void initialize(Path binaries, Path making, Optional<Daemon.User> maker)
            throws IOException, InterruptedException {
        List<String> initdb = List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + making.resolve("data"),
                "--username=" + SUPERUSER,
                "--pwfile=" + making.resolve("password"),
                "--auth-local=peer",
                "--auth-host=scram-sha-256",
                "--data-checksums",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--no-instructions");
        ProcessBuilder builder =
                new ProcessBuilder(maker.map(m -> m.argv(initdb)).orElse(initdb)).redirectErrorStream(true);
        builder.directory(making.toFile());
        builder.environment().clear();
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.redirectInput(Path.of("/dev/null").toFile());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(START_WITHIN.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("initdb of the embedded Postgres in " + making.getParent() + " failed: "
                    + output.strip() + "; nothing was kept, it is tried again at the next start");
        }
    }

    private Daemon launch(Path binaries, Path data) throws IOException {
        Path run = Directories.make(directory.resolve("run"), "rwx------");
        Path log = directory.resolve("postgres.log");
        if (user.isPresent()) {
            Directories.give(run, user.get().uid(), user.get().gid());
        }
        List<String> argv =
                new ArrayList<>(List.of(binaries.resolve("bin/postgres").toString(), "-D", data.toString()));
        settings(run).forEach((name, value) -> argv.addAll(List.of("-c", name + "=" + value)));
        return Daemon.start(
                new Daemon.Command(mark, argv, data, Map.of("LC_ALL", "C.UTF-8", "TZ", "UTC"), log, pidFile(), user));
    }

    private Map<String, String> settings(Path run) throws IOException {
        return Map.of(
                "listen_addresses", "127.0.0.1",
                "port", Integer.toString(freePort()),
                "unix_socket_directories", run.toString(),
                "shared_buffers", "32MB",
                "max_connections", "40",
                "timezone", "UTC",
                "log_timezone", "UTC",
                "max_wal_size", "256MB",
                "autovacuum_max_workers", "1",
                "max_logical_replication_workers", "0");
    }

    /** The port of last time if it is free, so that clients that outlived us find the database again. */
    private int freePort() throws IOException {
        Path file = directory.resolve("port");
        if (Files.exists(file) && FreePorts.isFree(port())) {
            return port();
        }
        int port = FreePorts.take();
        Directories.writeDurably(file, (port + "\n").getBytes(StandardCharsets.US_ASCII));
        return port;
    }

    private void awaitReady(Path data) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + START_WITHIN.toNanos();
        while (!isReady(data)) {
            if (!alive()) {
                throw new IOException("the embedded Postgres in " + directory + " ended while starting: "
                        + lastLines(directory.resolve("postgres.log")));
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException("the embedded Postgres in " + directory + " is not ready after "
                        + START_WITHIN.toSeconds() + " s: " + lastLines(directory.resolve("postgres.log")));
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    private boolean isReady(Path data) {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            Daemon known = process;
            return known != null
                    && lines.size() > STATUS_LINE
                    && lines.getFirst().strip().equals(Integer.toString(known.pid()))
                    && lines.get(STATUS_LINE).strip().equals("ready");
        } catch (IOException e) {
            return false;
        }
    }

    private static String lastLines(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    private static Daemon.User nobody() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"))) {
            String[] entry = lines.filter(l -> l.startsWith("nobody:"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no user 'nobody' on this machine, and the embedded"
                            + " Postgres cannot be made as root; add one, or name a database by SLIPWAY_DATABASE_URL"))
                    .split(":");
            return new Daemon.User(Integer.parseInt(entry[2]), Integer.parseInt(entry[3]));
        }
    }
}
