package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Daemon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@TestMethodOrder(MethodOrderer.MethodName.class)
class EmbeddedPostgresTest {
    private static final int UID = 1_900_000_123;
    private static final String MARK = "test-" + UUID.randomUUID();
    private static Path directory;
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        directory = Files.createTempDirectory("slipway-postgres");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        postgres = database();
        postgres.start();
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.stop();
        Directories.delete(directory);
    }

    @Test
    void it_asks_for_a_password_on_loopback_and_writes_durably() throws Exception {
        assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl()))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl() + "&password=wrong"))
                .isInstanceOf(SQLException.class);
        assertThat(query("show fsync")).isEqualTo("on");
        assertThat(query("show data_checksums")).isEqualTo("on");
        assertThat(query("show listen_addresses")).isEqualTo("127.0.0.1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(postgres.passwordFile())))
                .isEqualTo("rw-------");
    }

    @Test
    void it_runs_as_its_own_user_without_any_privilege() throws Exception {
        int pid = Daemon.find(MARK, directory.resolve("postgres.pid"))
                .orElseThrow()
                .pid();
        String status = Files.readString(Path.of("/proc/" + pid + "/status"));
        assertThat(status).contains("Uid:\t" + UID + "\t" + UID).contains("NoNewPrivs:\t1");
        assertThat(status).contains("CapBnd:\t0000000000000000").contains("CapEff:\t0000000000000000");
    }

    @Test
    void killed_it_recovers_what_was_committed() throws Exception {
        query("create table kept as select 7 as n; select 1");
        int pid = Daemon.find(MARK, directory.resolve("postgres.pid"))
                .orElseThrow()
                .pid();
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().get();
        assertThat(postgres.alive()).isFalse();
        postgres.start();
        assertThat(query("select n from kept")).isEqualTo("7");
    }

    @Test
    void another_launcher_adopts_the_running_one() throws Exception {
        String before = query("select pg_postmaster_start_time()");
        Files.delete(directory.resolve("postgres.pid"));
        EmbeddedPostgres other = database();
        other.start();
        assertThat(query("select pg_postmaster_start_time()")).isEqualTo(before);
    }

    private static EmbeddedPostgres database() {
        return new EmbeddedPostgres(directory, MARK, Optional.of(new Daemon.User(UID, UID)));
    }

    private static String query(String sql) throws Exception {
        String url = postgres.jdbcUrl() + "&password="
                + Files.readString(postgres.passwordFile()).strip();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (!rows) {
                rows = statement.getMoreResults();
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                return result.getString(1);
            }
        }
    }
}
