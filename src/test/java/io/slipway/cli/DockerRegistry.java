package io.slipway.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** Debian's docker-registry on a free port of loopback, with a user and a password. */
final class DockerRegistry implements AutoCloseable {
    private static final String USER = "amy";
    private static final String PASSWORD = "pass-word";
    private static final Pattern LISTENING = Pattern.compile("listening on (127\\.0\\.0\\.1:[0-9]+)");

    private final Path directory;
    private final Process process;
    private final String host;

    private DockerRegistry(Path directory, Process process, String host) {
        this.directory = directory;
        this.process = process;
        this.host = host;
    }

    static DockerRegistry start(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve("htpasswd"), USER + ":" + new BCryptPasswordEncoder(4).encode(PASSWORD) + "\n");
        Path config = Files.writeString(directory.resolve("config.yml"), """
                version: 0.1
                storage:
                  filesystem:
                    rootdirectory: %s
                http:
                  addr: 127.0.0.1:0
                auth:
                  htpasswd:
                    realm: test
                    path: %s
                """.formatted(
                        directory.resolve("data"), directory.resolve("htpasswd")));
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread.startVirtualThread(() -> log.lines().forEach(_ -> {}));
                return new DockerRegistry(directory, process, listening.group(1));
            }
        }
        throw new IOException("docker-registry did not start: " + said);
    }

    String host() {
        return host;
    }

    /** A file as docker login writes it. */
    Path auth() throws IOException {
        String pair = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        return Files.writeString(
                directory.resolve("auth.json"), "{\"auths\":{\"" + host + "\":{\"auth\":\"" + pair + "\"}}}");
    }

    /** Copies an image into it, by skopeo. */
    void push(String from, String name, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "skopeo",
                "--insecure-policy",
                "copy",
                "--dest-tls-verify=false",
                "--dest-creds",
                USER + ":" + PASSWORD));
        command.addAll(Arrays.asList(options));
        command.add(from);
        command.add("docker://" + host + "/" + name);
        run(command.toArray(String[]::new));
    }

    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        return said;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
