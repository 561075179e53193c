package io.slipway.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Debian's docker-registry on a loopback port, with the image in it. */
record LoopbackRegistry(Process process, int port) implements AutoCloseable {
    static @Nullable LoopbackRegistry startedOrNull(Path work, BigImage image) throws Exception {
        if (!Programs.has("docker-registry") || !Programs.has("skopeo")) {
            return null;
        }
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path config = work.resolve("registry.yml");
        Files.writeString(config, """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: 127.0.0.1:%d}
            """.formatted(work.resolve("registry"), port));
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("registry.log").toFile())
                .start();
        LoopbackRegistry made = new LoopbackRegistry(process, port);
        made.awaitOpen();
        Programs.run(work, "skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", "oci:" + image.layout() + ":big", "docker://" + made.name());
        return made;
    }

    String name() {
        return "127.0.0.1:" + port + "/bench/big:v1";
    }

    private void awaitOpen() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (process.isAlive() && System.nanoTime() < end) {
            try (Socket open = new Socket("127.0.0.1", port)) {
                return;
            } catch (IOException e) {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
        throw new IOException("docker-registry did not open port " + port);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
