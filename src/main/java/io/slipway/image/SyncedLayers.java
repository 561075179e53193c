package io.slipway.image;

import io.slipway.linux.OpenDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which unpacked layers are on disk for sure. Nobody waits for the disk when a layer is unpacked: it is synced behind, and then noted. A process that is
 * killed takes nothing along, as the kernel writes what it was given. When the whole machine stopped, what is not noted may be there by name and
 * have no content; so at the first opening after a boot such layers are removed, to be unpacked anew from their blobs.
 *
 * <p>The notes are one file of lines that are only ever added: {@code boot ID}, {@code +LAYER} when it is synced, {@code -LAYER} before it is unpacked.
 */
final class SyncedLayers {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Pattern LAYER = Pattern.compile("[0-9a-f]{64}");
    private static final String BOOT = "boot ";

    private final Path layers;
    private final Path notes;
    private final AtomicReference<@Nullable Thread> syncing = new AtomicReference<>();

    private SyncedLayers(Path layers, Path notes) {
        this.layers = layers;
        this.notes = notes;
    }

    /** Removes what the last boot may have left without content. */
    static SyncedLayers open(Path layers) throws IOException {
        SyncedLayers made = new SyncedLayers(layers, layers.resolveSibling(layers.getFileName() + ".synced"));
        made.begin(Files.readString(BOOT_ID).strip());
        made.syncBehind();
        return made;
    }

    /** Before a layer is unpacked: of an earlier one of that name nothing is said any more. */
    void forget(Digest diffId) throws IOException {
        if (noted().contains(diffId.hex())) {
            note("-" + diffId.hex() + "\n", true);
        }
    }

    /** Has all layers written to the disk and noted, some time soon. */
    void syncBehind() throws IOException {
        if (doubtful().isEmpty()) {
            return;
        }
        Thread thread = Thread.ofPlatform().daemon().name("layer-sync").unstarted(this::sync);
        if (syncing.compareAndSet(null, thread)) {
            thread.start();
        }
    }

    /** Waits for a sync that goes on. */
    void await() {
        Thread thread = syncing.get();
        if (thread != null) {
            LayerPipe.awaitEnd(thread);
        }
    }

    private void sync() {
        try (OpenDirectory directory = OpenDirectory.open(layers)) {
            for (List<String> some = doubtful(); !some.isEmpty(); some = doubtful()) {
                directory.syncFileSystem();
                note("+" + String.join("\n+", some) + "\n", false);
            }
        } catch (IOException e) {
            // Then they stay unnoted, which is true.
        } finally {
            syncing.set(null);
        }
    }

    private void begin(String boot) throws IOException {
        synchronized (SyncedLayers.class) {
            try (FileChannel channel = FileChannel.open(notes, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                List<String> lines = Files.readAllLines(notes);
                String seen = lines.isEmpty() || !lock.isValid() ? "" : lines.getFirst();
                if (seen.equals(BOOT + boot)) {
                    return;
                }
                // A store without a word of it was synced layer by layer.
                if (!seen.isEmpty()) {
                    removeDoubtful();
                }
                rewrite(BOOT + boot);
            }
        }
    }

    private void removeDoubtful() throws IOException {
        for (String name : doubtful()) {
            Path partial = Leftovers.newName(layers);
            Files.move(layers.resolve(name), partial, StandardCopyOption.ATOMIC_MOVE);
            Leftovers.remove(partial);
        }
    }

    private List<String> doubtful() throws IOException {
        Set<String> noted = noted();
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(layers)) {
            for (Path layer : all) {
                String name = layer.getFileName().toString();
                if (LAYER.matcher(name).matches() && !noted.contains(name)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private Set<String> noted() throws IOException {
        Set<String> noted = new TreeSet<>();
        for (String line : Files.readAllLines(notes)) {
            if (line.startsWith("+")) {
                noted.add(line.substring(1));
            } else if (line.startsWith("-")) {
                noted.remove(line.substring(1));
            }
        }
        return noted;
    }

    private void note(String lines, boolean durable) throws IOException {
        // Never made here: whoever removed the store meanwhile is not to find a new file in it.
        try (FileChannel out = FileChannel.open(notes, StandardOpenOption.APPEND)) {
            out.write(StandardCharsets.US_ASCII.encode(lines));
            if (durable) {
                out.force(false);
            }
        }
    }

    /** Begins the notes of this boot, by those that still hold. */
    private void rewrite(String boot) throws IOException {
        StringBuilder text = new StringBuilder(boot).append('\n');
        noted().stream()
                .filter(name -> Files.exists(layers.resolve(name)))
                .forEach(name -> text.append('+').append(name).append('\n'));
        Path partial = Leftovers.newName(layers);
        try (FileChannel out = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            out.write(StandardCharsets.US_ASCII.encode(text.toString()));
            out.force(true);
        }
        Files.move(partial, notes, StandardCopyOption.ATOMIC_MOVE);
        BlobStore.sync(layers.resolveSibling("."));
    }
}
