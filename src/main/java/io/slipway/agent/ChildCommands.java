package io.slipway.agent;

import io.slipway.agent.DataDirectory.Role;
import io.slipway.linux.Daemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How controller and proxy are started. Each has a directory of its own (0700) as its data and working directory; secrets lie there, 0600:
 *
 * <pre>
 *   controller --data DIR --bind 127.0.0.1 --port P --fleet-port F --database-url URL --look-interval D
 *              --lease-length D
 *              DIR/fleet-token, DIR/pgpass (of the embedded database); it makes DIR/admin-token
 *   proxy      --listen 127.0.0.1:P --admin 127.0.0.1:A --token-file DIR/token --state DIR
 * </pre>
 */
final class ChildCommands {
    private final DataDirectory data;
    private final Programs programs;
    private final Ports ports;
    private final SupervisorOptions options;

    ChildCommands(DataDirectory data, Programs programs, Ports ports, SupervisorOptions options) {
        this.data = data;
        this.programs = programs;
        this.ports = ports;
        this.options = options;
    }

    Path directory(Role role) {
        return data.child(role == Role.CONTROLLER ? "controller" : "proxy");
    }

    String mark(Role role) {
        return data.mark(role == Role.CONTROLLER ? "controller" : "proxy");
    }

    Path pidFile(Role role) {
        return data.child(role == Role.CONTROLLER ? "controller.pid" : "proxy.pid");
    }

    /** @param passLine of the embedded database */
    Daemon.Command controller(String databaseUrl, Optional<String> passLine, String fleetToken) throws IOException {
        Path directory = prepare(Role.CONTROLLER);
        secret(Role.CONTROLLER, "fleet-token", fleetToken);
        List<String> jvm = jvm(directory, "-Xms32m", "-Xmx256m");
        if (passLine.isPresent()) {
            secret(Role.CONTROLLER, "pgpass", passLine.get());
            jvm.add("-Dorg.postgresql.pgpassfile=" + directory.resolve("pgpass"));
        }
        List<String> arguments = new ArrayList<>(List.of(
                "controller",
                "--data",
                directory.toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(ports.controller()),
                "--fleet-port",
                Integer.toString(ports.fleet()),
                "--look-interval",
                options.lookInterval(),
                "--lease-length",
                options.leaseLength()));
        Map<String, String> environment = new HashMap<>();
        if (passLine.isPresent()) {
            arguments.addAll(List.of("--database-url", databaseUrl));
        } else {
            // It may hold a password, and arguments can be read by everybody.
            environment.put("SLIPWAY_DATABASE_URL", databaseUrl);
        }
        return command(Role.CONTROLLER, programs.argv(jvm, arguments), environment);
    }

    Daemon.Command proxy(String token) throws IOException {
        Path directory = prepare(Role.PROXY);
        Path file = secret(Role.PROXY, "token", token);
        return command(
                Role.PROXY,
                programs.argv(
                        jvm(directory, "-Xms16m", "-Xmx64m", "-XX:MaxDirectMemorySize=40m"),
                        List.of(
                                "proxy",
                                "--listen",
                                "127.0.0.1:" + ports.edge(),
                                "--admin",
                                "127.0.0.1:" + ports.edgeAdmin(),
                                "--token-file",
                                file.toString(),
                                "--state",
                                directory.toString())),
                Map.of());
    }

    private Daemon.Command command(Role role, List<String> argv, Map<String, String> environment) throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(Map.of(
                "LC_ALL",
                "C.UTF-8",
                "PATH",
                "/usr/bin:/bin",
                "HOME",
                directory(role).toString()));
        Path log = Directories.make(data.child("log"), "rwx------")
                .resolve(role == Role.CONTROLLER ? "controller.log" : "proxy.log");
        return new Daemon.Command(mark(role), argv, directory(role), all, log, pidFile(role), data.user(role));
    }

    private static List<String> jvm(Path directory, String... memory) {
        List<String> flags = new ArrayList<>(List.of(memory));
        flags.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + directory.resolve("tmp"),
                "-Duser.home=" + directory));
        return flags;
    }

    private Path prepare(Role role) throws IOException {
        Path directory = Directories.make(directory(role), "rwx------");
        Directories.make(directory.resolve("tmp"), "rwx------");
        own(role, directory);
        own(role, directory.resolve("tmp"));
        return directory;
    }

    private Path secret(Role role, String name, String content) throws IOException {
        Path file = directory(role).resolve(name);
        if (!Files.exists(file) || !Files.readString(file).equals(content)) {
            Directories.writeSecret(file, content);
        }
        own(role, file);
        return file;
    }

    private void own(Role role, Path path) throws IOException {
        Optional<Daemon.User> user = data.user(role);
        if (user.isPresent()) {
            Files.setAttribute(path, "unix:uid", user.get().uid());
            Files.setAttribute(path, "unix:gid", user.get().gid());
        }
    }
}
