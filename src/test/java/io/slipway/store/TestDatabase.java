package io.slipway.store;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A real Postgres for tests: one server per JVM, one migrated database per caller. {@code -Dtestdb=testcontainers} takes a container and
 * fails without Docker; {@code embedded} starts binaries from the class path; {@code any} (default) takes the first that works.
 */
public final class TestDatabase {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static Optional<Server> server = Optional.empty();
    private final PGSimpleDataSource direct;
    private final HikariDataSource pool = new HikariDataSource();

    private TestDatabase(PGSimpleDataSource direct) {
        this.direct = direct;
        pool.setDataSource(direct);
        pool.setMinimumIdle(0);
        pool.setMaximumPoolSize(16);
        pool.setIdleTimeout(10_000);
    }

    /** A new database with all migrations, empty otherwise. */
    public static synchronized TestDatabase fresh() {
        Server running = server.orElseGet(TestDatabase::start);
        server = Optional.of(running);
        String name = "slipway_test_" + NUMBER.incrementAndGet();
        JdbcClient.create(running.database("postgres"))
                .sql("create database " + name + " template slipway_template")
                .update();
        return new TestDatabase(running.database(name));
    }

    /** One that another process made. */
    public static TestDatabase known(String url, String user, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(password);
        return new TestDatabase(source);
    }

    public DataSource source() {
        return pool;
    }

    public String url() {
        return direct.getUrl();
    }

    public String user() {
        return Objects.requireNonNullElse(direct.getUser(), "");
    }

    public String password() {
        return Objects.requireNonNullElse(direct.getPassword(), "");
    }

    public JdbcClient jdbc() {
        return JdbcClient.create(pool);
    }

    /** Puts the database's clock under the test's hand: it stands still at {@code at} until moved. */
    public void stopClockAt(Instant at) {
        jdbc().sql("create table if not exists test_clock (at timestamptz not null)")
                .update();
        jdbc().sql("truncate test_clock").update();
        jdbc().sql("insert into test_clock values (cast(:at as timestamptz))")
                .param("at", at.toString())
                .update();
        jdbc().sql("create or replace function slipway_now() returns timestamptz language sql volatile"
                        + " as 'select at from test_clock'")
                .update();
    }

    public void moveClock(Duration by) {
        jdbc().sql("update test_clock set at = at + make_interval(secs => :secs)")
                .param("secs", by.toMillis() / 1000.0)
                .update();
    }

    public Instant now() {
        return jdbc().sql("select slipway_now()")
                .query(java.time.OffsetDateTime.class)
                .single()
                .toInstant();
    }

    private static Server start() {
        String wanted = System.getProperty("testdb", "any");
        Server started = switch (wanted) {
            case "testcontainers" -> container();
            case "embedded" -> embedded();
            case "any" -> DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
            default ->
                throw new IllegalArgumentException("-Dtestdb=" + wanted + ": use testcontainers, embedded or any");
        };
        JdbcClient.create(started.database("postgres"))
                .sql("create database slipway_template")
                .update();
        Flyway.configure()
                .dataSource(started.database("slipway_template"))
                .locations("classpath:db/migration")
                .load()
                .migrate();
        return started;
    }

    private static Server container() {
        PostgreSQLContainer postgres = new PostgreSQLContainer("postgres:17");
        postgres.start();
        return name -> {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setServerNames(new String[] {postgres.getHost()});
            source.setPortNumbers(new int[] {postgres.getMappedPort(5432)});
            source.setUser(postgres.getUsername());
            source.setPassword(postgres.getPassword());
            source.setDatabaseName(name);
            return source;
        };
    }

    private static Server embedded() {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "300")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres)));
            return name -> (PGSimpleDataSource) postgres.getDatabase("postgres", name);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the embedded Postgres for tests", e);
        }
    }

    private static void close(EmbeddedPostgres postgres) {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A running server. */
    private interface Server {
        PGSimpleDataSource database(String name);
    }

    /** A connection for statements that JdbcClient has no words for. */
    public Connection connect() throws SQLException {
        return direct.getConnection();
    }
}
