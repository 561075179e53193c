package io.slipway.image.registry;

import io.slipway.image.Digest;
import io.slipway.image.IdShift;
import io.slipway.image.ImageConfig;
import io.slipway.image.ImageReference;
import io.slipway.image.ImageStore;
import io.slipway.image.LayoutWriter;
import io.slipway.image.PullProgress;
import io.slipway.image.PullSetup;
import io.slipway.image.SignaturePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A registry of ours with one image, and a store that pulls from it. */
final class PullFixture implements AutoCloseable {
    static final int LAYERS = 3;
    static final int LAYER_BYTES = 200_000;

    final Path scratch;
    final StubRegistry registry;
    final Waits waits = new Waits();
    final List<Digest> layers = new ArrayList<>();
    private final List<RegistryClient> clients = new ArrayList<>();

    PullFixture(Path scratch) throws IOException {
        this(scratch, new StubRegistry());
    }

    PullFixture(Path scratch, StubRegistry registry) throws IOException {
        this.scratch = scratch;
        this.registry = registry.hold(layout(scratch.resolve("layout"), layers));
    }

    /** Content that does not compress, so that the layers are about as large. */
    private static Path layout(Path directory, List<Digest> digests) throws IOException {
        LayoutWriter writer = LayoutWriter.open(directory);
        List<LayoutWriter.Layer> layers = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            byte[] content = new byte[LAYER_BYTES];
            new Random(i).nextBytes(content);
            String name = "file" + i;
            layers.add(writer.layer(tar -> tar.file(name, content, 0644)));
            digests.add(layers.getLast().digest());
        }
        writer.image("v1", ImageConfig.of(List.of("/file0"), new LinkedHashMap<>(), List.of()), layers);
        writer.finish();
        return directory;
    }

    RegistrySettings settings() {
        return RegistrySettings.defaults()
                .withAuth(scratch.resolve("auth.json"))
                .withTimes(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMinutes(2));
    }

    /** Waits in a time of its own, so that no test waits. */
    ImageStore store() throws IOException {
        return store(settings());
    }

    ImageStore store(RegistrySettings settings) throws IOException {
        RegistryClient client = client(settings);
        return ImageStore.open(root(), IdShift.DEFAULT)
                .with(PullSetup.of(client, PullProgress.NONE, SignaturePolicy.NONE));
    }

    RegistryClient client() {
        return client(settings());
    }

    private RegistryClient client(RegistrySettings settings) {
        RegistryClient client = new RegistryClient(settings, waits, waits);
        clients.add(client);
        return client;
    }

    Path root() {
        return scratch.resolve("store");
    }

    ImageReference reference() {
        return reference("shop/checkout:v1");
    }

    ImageReference reference(String name) {
        return ImageReference.parse(registry.host() + "/" + name);
    }

    String manifestPath() {
        return "/v2/shop/checkout/manifests/v1";
    }

    String layerPath(int number) {
        return "/v2/shop/checkout/blobs/" + layers.get(number);
    }

    /** Names in the directory of content. */
    List<String> blobs() throws IOException {
        try (Stream<Path> files = Files.list(root().resolve("blobs"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() throws IOException {
        clients.forEach(RegistryClient::close);
        registry.close();
    }

    /** Time that passes only by waiting. */
    static final class Waits implements Pauses, PullProgress {
        final List<Duration> waited = new CopyOnWriteArrayList<>();
        final List<String> told = new CopyOnWriteArrayList<>();
        private long now;

        @Override
        public synchronized long nanoTime() {
            return now;
        }

        @Override
        public synchronized void pause(Duration length) {
            waited.add(length);
            now += length.toNanos();
        }

        @Override
        public void waiting(String what, String why, Duration pause) {
            told.add(what + ": " + why);
        }
    }
}
