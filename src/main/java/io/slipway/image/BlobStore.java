package io.slipway.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Files named by their digest. A name appears only when its content is whole, verified and on disk: write, fsync, rename, fsync of the directory. */
final class BlobStore {
    private static final int BUFFER_BYTES = 128 * 1024;
    /** By the content's final name, as several stores of one process may be open on one directory. */
    private static final Map<Path, Arrival> ARRIVALS = new ConcurrentHashMap<>();

    private final Path directory;
    private final StoreLocks locks;

    private BlobStore(Path directory, StoreLocks locks) {
        this.directory = directory;
        this.locks = locks;
    }

    static BlobStore open(Path directory) throws IOException {
        Path at = directory.toAbsolutePath().normalize();
        Files.createDirectories(at);
        Leftovers.clean(at);
        return new BlobStore(at, StoreLocks.of(at));
    }

    StoreLocks locks() {
        return locks;
    }

    Path path(Digest digest) {
        return directory.resolve(digest.hex());
    }

    boolean has(Digest digest, long size) throws IOException {
        Path path = path(digest);
        return Files.isRegularFile(path) && Files.size(path) == size;
    }

    /**
     * Takes content in, unless it is there.
     *
     * @param from opened only when needed
     * @throws ImageException if size or digest are not what was promised
     */
    void put(Digest digest, long size, Source from) throws IOException {
        if (has(digest, size)) {
            return;
        }
        Path partial = Leftovers.newName(directory);
        try {
            try (InputStream in = from.open();
                    FileChannel out =
                            FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                verify(digest, size, copy(in, out, size), out.size());
                out.force(true);
            }
            Files.move(partial, path(digest), StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /**
     * Brings content in from far away. Whoever asks for the same at the same time, in this process or another, shares one transfer; what an attempt
     * before left is continued.
     */
    Claim fetch(Digest digest, long size, BlobTransfer.Remote remote, PullProgress progress) {
        Path target = path(digest);
        AtomicReference<Optional<Claim>> claim = new AtomicReference<>(Optional.empty());
        ARRIVALS.compute(target, (_, known) -> {
            claim.set(known == null ? Optional.empty() : known.claim());
            if (known != null && claim.get().isPresent()) {
                return known;
            }
            BlobTransfer transfer = new BlobTransfer(directory, digest, size, remote, progress, locks);
            Arrival made = new Arrival("content " + digest.brief(), transfer, () -> forget(target));
            claim.set(made.claim());
            return made;
        });
        return claim.get().orElseThrow();
    }

    private static void forget(Path target) {
        ARRIVALS.computeIfPresent(target, (_, known) -> known.ended() ? null : known);
    }

    /** Takes in content whose digest is not known before. */
    Stored putUnnamed(InputStream in) throws IOException {
        Path partial = Leftovers.newName(directory);
        try {
            Digest digest;
            long size;
            try (FileChannel out = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                digest = copy(in, out, Long.MAX_VALUE);
                size = out.size();
                out.force(true);
            }
            Files.move(partial, path(digest), StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
            return new Stored(digest, size);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    void put(byte[] content) throws IOException {
        put(Digest.of(content), content.length, () -> new ByteArrayInputStream(content));
    }

    /** A small document; verified again, as disks lie. */
    byte[] document(Descriptor descriptor, String what) throws IOException {
        if (descriptor.size() > Documents.BYTES_MAX) {
            throw new ImageException(what + " " + descriptor.digest() + " says it has " + descriptor.size()
                    + " bytes; at most " + Documents.BYTES_MAX + " are read");
        }
        byte[] content = Files.readAllBytes(path(descriptor.digest()));
        verify(descriptor.digest(), descriptor.size(), Digest.of(content), content.length);
        return content;
    }

    static void verify(Digest expected, long expectedSize, Digest found, long foundSize) throws ImageException {
        if (foundSize != expectedSize) {
            throw new DamagedContent("content " + expected + " has " + foundSize + " bytes where " + expectedSize
                    + " were promised: it is truncated or changed. It was not stored; get the image again");
        }
        if (!found.equals(expected)) {
            throw new DamagedContent("content that should be " + expected + " is " + found
                    + ": it is damaged or changed. It was not stored; get the image again");
        }
    }

    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Digest copy(InputStream in, FileChannel out, long size) throws IOException {
        MessageDigest hash = Digest.newHash();
        byte[] buffer = new byte[BUFFER_BYTES];
        long total = 0;
        int count;
        // One buffer more than promised is enough to know that it is too long.
        while (total <= size && (count = in.read(buffer)) >= 0) {
            hash.update(buffer, 0, count);
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            total += count;
        }
        return Digest.of(hash);
    }

    /** What came in. */
    record Stored(Digest digest, long size) {}

    /** Where content is read from. */
    interface Source {
        /** @throws NoSuchFileException if there is no such content */
        InputStream open() throws IOException;
    }
}
