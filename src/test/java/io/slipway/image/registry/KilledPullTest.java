package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.image.Digest;
import io.slipway.image.IdShift;
import io.slipway.image.Image;
import io.slipway.image.ImageConfig;
import io.slipway.image.ImageReference;
import io.slipway.image.ImageStore;
import io.slipway.image.LayoutWriter;
import io.slipway.image.Prune;
import io.slipway.image.PullProgress;
import io.slipway.image.PullSetup;
import io.slipway.image.SignaturePolicy;
import io.slipway.image.registry.StubServer.Reply;
import io.slipway.image.registry.StubServer.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that pulls, unpacks or prunes is killed: whoever opens the store next finds what it holds whole, nothing half done, and gets from the
 * registry only what is missing. The moments are chosen by chance, whose seed is printed.
 */
class KilledPullTest {
    private static final int MOMENTS = Integer.getInteger("kills", 2);
    private static final int LAYERS = 4;
    private static final int LAYER_BYTES = 300_000;
    private static final int FILES = 25;
    /** Directories of a store in which something appears or goes. */
    private static final List<String> KINDS = List.of("blobs", "layers", "images", "names");

    /** Short against what is done, and leaves the cores to it. */
    private static final long LOOK_EVERY_NANOS = 100_000;

    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Digest> layers = new ArrayList<>();
    private final AtomicLong allowance = new AtomicLong();

    @TempDir
    private Path scratch;

    private StubRegistry registry;
    private RegistryClient client;
    private Map<String, Long> whole;

    @BeforeEach
    void serve() throws Exception {
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        registry = new StubRegistry().hold(layout());
        registry.rule(this::withinAllowance);
        client = new RegistryClient(
                RegistrySettings.defaults().withAuth(scratch.resolve("auth.json")), PullProgress.NONE);
        allowance.set(Long.MAX_VALUE);
        pull(scratch.resolve("whole"));
        whole = tree(scratch.resolve("whole"));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        registry.close();
    }

    private Path layout() throws IOException {
        LayoutWriter writer = LayoutWriter.open(scratch.resolve("layout"));
        List<LayoutWriter.Layer> made = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            int number = i;
            byte[] content = new byte[LAYER_BYTES];
            new Random(i).nextBytes(content);
            made.add(writer.layer(tar -> {
                tar.file("large" + number, content, 0644);
                for (int file = 0; file < FILES; file++) {
                    tar.directory("d" + file, 0755).file("d" + file + "/" + number, new byte[file], 0600);
                }
            }));
            layers.add(made.getLast().digest());
        }
        writer.image("v1", ImageConfig.of(List.of("/x"), new LinkedHashMap<>(), List.of()), made);
        writer.finish();
        return scratch.resolve("layout");
    }

    /** Falls silent in the middle of a layer once so many bytes of layers were sent. */
    private Reply withinAllowance(Request request, java.util.function.Function<Request, Reply> proper) {
        Reply reply = proper.apply(request);
        if (layers.stream().noneMatch(layer -> request.path().endsWith(layer.toString()))) {
            return reply;
        }
        int length = reply.body().length;
        long left = allowance.getAndUpdate(now -> Math.max(0, now - length));
        return left >= length ? reply : reply.stallAfter(reply.headBytes() + (int) left);
    }

    @Test
    void what_came_before_the_kill_is_not_asked_for_again() throws Exception {
        long all = layers.stream()
                .mapToLong(layer -> registry.content(layer).length)
                .sum();
        for (long bytes : random.longs(MOMENTS, 1, all).toArray()) {
            Path store = scratch.resolve("bytes" + bytes);
            allowance.set(bytes);
            boolean killed = killedWhen(() -> arrived(store) == bytes, store, reference());
            assertThat(killed).as("killed after " + bytes + " bytes").isTrue();
            allowance.set(Long.MAX_VALUE);
            returned(store);
        }
    }

    @Test
    void a_pull_is_finished_by_the_next_wherever_it_was_in_the_store() throws Exception {
        int died = 0;
        for (int entries :
                random.ints(MOMENTS, 1, entries(scratch.resolve("whole"))).toArray()) {
            Path store = scratch.resolve("entries" + entries);
            died += killedWhen(() -> entries(store) >= entries, store, reference()) ? 1 : 0;
            returned(store);
        }
        assertThat(died).as("really killed").isPositive();
    }

    @Test
    void a_prune_that_is_killed_leaves_only_whole_images_and_the_next_removes_the_rest() throws Exception {
        int all = entries(scratch.resolve("whole"));
        int died = 0;
        for (int entries : random.ints(MOMENTS, 1, all).toArray()) {
            Path store = scratch.resolve("prune" + entries);
            pull(store);
            died += killedWhen(() -> entries(store) <= entries, store, DoomedPull.PRUNE) ? 1 : 0;
            returned(store);
            open(store).prune(new Prune(true, false), Set::of, Duration.ofSeconds(30));
            assertThat(entries(store)).as("entries left").isZero();
        }
        assertThat(died).as("really killed").isPositive();
    }

    /** As after the start of an agent: what is there is sound, and pulling again brings what is missing and no more. */
    private void returned(Path store) throws Exception {
        ImageStore again = open(store);
        assertThat(tree(store).keySet()).noneMatch(name -> name.contains(".tmp"));
        for (Image image : again.list()) {
            assertThat(image.layers()).as("layers of " + image.reference()).allMatch(Files::isDirectory);
            assertThat(image.blobs())
                    .allSatisfy(blob -> assertThat(
                                    store.resolve("blobs/" + blob.digest().hex()))
                            .exists());
        }
        Map<Path, Object> unpacked = soundLayers(store);
        Map<Digest, Long> here = soundContent(store);
        registry.server().forgetRequests();
        pull(store);
        for (Digest layer : layers) {
            long size = registry.content(layer).length;
            List<String> asked = registry.server().requests().stream()
                    .filter(request -> request.path().endsWith(layer.toString()))
                    .map(request -> request.header("range"))
                    .toList();
            long have = here.getOrDefault(layer, 0L);
            assertThat(asked)
                    .as(have + " of " + size + " bytes were here")
                    .isEqualTo(have == size ? List.of() : List.of(have == 0 ? "" : "bytes=" + have + "-"));
        }
        for (Map.Entry<Path, Object> layer : unpacked.entrySet()) {
            assertThat(Files.getAttribute(layer.getKey(), "unix:ino")).isEqualTo(layer.getValue());
        }
        assertThat(tree(store)).isEqualTo(whole);
    }

    /** Layers that have their name are whole. With each its inode, to see that it is not unpacked again. */
    private Map<Path, Object> soundLayers(Path store) throws IOException {
        Map<Path, Object> unpacked = new TreeMap<>();
        Map<String, Long> found = tree(store);
        for (Path layer : children(store.resolve("layers"))) {
            String prefix = "layers/" + layer.getFileName() + "/";
            assertThat(below(found, prefix)).as(prefix).isEqualTo(below(whole, prefix));
            unpacked.put(layer, Files.getAttribute(layer, "unix:ino"));
        }
        return unpacked;
    }

    /** Content that has its name is what it should be; of what is on its way, how many bytes are here. */
    private Map<Digest, Long> soundContent(Path store) throws IOException {
        Map<Digest, Long> here = new TreeMap<>();
        for (Path blob : children(store.resolve("blobs"))) {
            String name = blob.getFileName().toString();
            byte[] content = Files.readAllBytes(blob);
            if (name.startsWith(".part-")) {
                here.put(new Digest(name.substring(".part-".length())), (long) content.length);
            } else if (!name.equals(".lock")) {
                assertThat(Digest.of(content).hex()).isEqualTo(name);
                here.put(new Digest(name), (long) content.length);
            }
        }
        return here;
    }

    private ImageStore open(Path store) throws IOException {
        return ImageStore.open(store, IdShift.DEFAULT)
                .with(PullSetup.of(client, PullProgress.NONE, SignaturePolicy.NONE));
    }

    private void pull(Path store) throws IOException {
        open(store).pull(ImageReference.parse(reference()));
    }

    private String reference() {
        return registry.host() + "/shop/checkout:v1";
    }

    /** Whether it was killed; false if it was faster. */
    private boolean killedWhen(BooleanSupplier moment, Path store, String what) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedPull.class.getName(),
                        store.toString(),
                        what)
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("said").toFile())
                .start();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (process.isAlive() && !moment.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("time until the moment; it said " + Files.readString(scratch.resolve("said")))
                    .isNegative();
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        process.destroyForcibly();
        int code = process.waitFor();
        assertThat(code).as(Files.readString(scratch.resolve("said"))).isIn(0, 128 + 9);
        return code != 0;
    }

    /** Bytes of layers that are in a store. */
    private long arrived(Path store) {
        return layers.stream()
                .mapToLong(layer -> Math.max(
                        size(store.resolve("blobs/" + layer.hex())), size(store.resolve("blobs/.part-" + layer.hex()))))
                .sum();
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    /** What has its name, and is no lock. */
    private static int entries(Path store) {
        int count = 0;
        for (String kind : KINDS) {
            String[] names = store.resolve(kind).toFile().list((_, name) -> !name.startsWith("."));
            count += names == null ? 0 : names.length;
        }
        return count;
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static Map<String, Long> below(Map<String, Long> tree, String prefix) {
        Map<String, Long> some = new TreeMap<>(tree);
        some.keySet().removeIf(name -> !name.startsWith(prefix));
        return some;
    }

    /** Names with their sizes, but for the notes of what is synced, which go on behind. */
    private static Map<String, Long> tree(Path store) throws IOException {
        Map<String, Long> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(store)) {
            all.filter(path -> !path.getFileName().toString().equals("layers.synced"))
                    .forEach(path ->
                            tree.put(store.relativize(path).toString(), Files.isRegularFile(path) ? size(path) : 0L));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return tree;
    }
}
