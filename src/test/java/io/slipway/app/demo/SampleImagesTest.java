package io.slipway.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.image.IdShift;
import io.slipway.image.Image;
import io.slipway.image.ImageStore;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.network.BridgeNetwork;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleImagesTest {
    @TempDir
    private Path scratch;

    @Test
    void the_images_are_built_once_and_serve_from_a_container_and_finish_requests_on_sigterm() throws Exception {
        Path layout = scratch.resolve("images");
        long start = System.nanoTime();
        SampleImages.build(layout);
        System.out.println("built in ms: " + (System.nanoTime() - start) / 1_000_000);
        String first = Files.readString(layout.resolve("index.json"));
        SampleImages.build(layout);
        assertThat(layout.resolve("index.json")).hasContent(first);

        start = System.nanoTime();
        ImageStore store = ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
        Image good = store.importFrom("oci:" + layout + ":v1");
        Image bad = store.importFrom("oci:" + layout + ":v2-bad");
        System.out.println("imported in ms: " + (System.nanoTime() - start) / 1_000_000);
        assertThat(bad.layers().getFirst()).isEqualTo(good.layers().getFirst());
        assertThat(bad.config().env()).containsEntry("ERROR_SHARE", "0.03");
        assertThat(good.config().env()).doesNotContainKey("ERROR_SHARE");

        String bridge = "slipwayd" + Long.toHexString(System.nanoTime() & 0xffffff);
        BridgeNetwork network = BridgeNetwork.open(scratch.resolve("network"), bridge);
        try (Sandboxes sandboxes = Sandboxes.open(scratch.resolve("state"), "test", Optional.of(network))) {
            Sandbox sandbox = sandboxes.start(
                    SandboxSpec.of("sample", good.layers(), good.config().command())
                            .withEnv(withSlowRequests(good))
                            .withNetwork(Connection.DEFAULT)
                            .withLimits(Limits.of(128 << 20, 1, 64)));
            try {
                serveThenStop(sandbox);
            } finally {
                sandboxes.remove(sandbox);
            }
        } finally {
            network.deleteBridge();
        }
    }

    private static Map<String, String> withSlowRequests(Image image) {
        Map<String, String> env = new HashMap<>(image.config().env());
        env.put("SLOW_SHARE", "1");
        env.put("SLOW_MS", "1000");
        return env;
    }

    private static void serveThenStop(Sandbox sandbox) throws Exception {
        String base = "http://" + sandbox.attachment().orElseThrow().address() + ":8080";
        try (HttpClient client = HttpClient.newHttpClient()) {
            long start = System.nanoTime();
            awaitHealthy(client, base, sandbox);
            System.out.println("healthy after ms: " + (System.nanoTime() - start) / 1_000_000 + ", memory MiB: "
                    + sandbox.stats());
            CompletableFuture<HttpResponse<String>> inFlight = client.sendAsync(
                    HttpRequest.newBuilder(URI.create(base + "/")).build(), HttpResponse.BodyHandlers.ofString());
            // Until it is surely there: a second request on its own connection is answered after it.
            assertThat(client.send(
                                    HttpRequest.newBuilder(URI.create(base + "/healthz"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            Exit exit = sandbox.stop("SIGTERM", Duration.ofSeconds(10));

            HttpResponse<String> answered = inFlight.get(60, TimeUnit.SECONDS);
            assertThat(answered.statusCode()).isEqualTo(200);
            assertThat(answered.body()).isEqualTo("{\"version\":\"v1\"}");
            assertThat(exit.kind()).as(exit.text()).isEqualTo(Exit.Kind.EXITED);
            assertThat(exit.code()).as(exit.text()).isZero();
        }
    }

    private static void awaitHealthy(HttpClient client, String base, Sandbox sandbox) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                HttpRequest ask = HttpRequest.newBuilder(URI.create(base + "/healthz"))
                        .timeout(Duration.ofSeconds(2))
                        .build();
                if (client.send(ask, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not yet.
            }
            assertThat(System.nanoTime())
                    .as("time to become healthy; it says: " + Files.readString(sandbox.stdoutLog())
                            + Files.readString(sandbox.stderrLog()) + sandbox.exit())
                    .isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
