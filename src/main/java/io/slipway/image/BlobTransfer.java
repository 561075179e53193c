package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** Brings content from a registry to disk. What an attempt before left is hashed again and continued. */
final class BlobTransfer implements Arrival.Transfer {
    private static final int BUFFER_BYTES = 256 * 1024;
    /** So much is left for others on the file system. */
    private static final long ROOM_BYTES = 16L << 20;

    private final Path partial;
    private final Path target;
    private final Digest digest;
    private final long size;
    private final Remote remote;
    private final PullProgress progress;
    private final StoreLocks locks;

    /** Where content comes from. */
    interface Remote {
        /** From a byte on. */
        InputStream open(long from) throws IOException;

        /** What came was whole, and wrong. */
        void wrong() throws IOException;
    }

    BlobTransfer(Path directory, Digest digest, long size, Remote remote, PullProgress progress, StoreLocks locks) {
        this.partial = directory.resolve(Leftovers.PARTIAL + digest.hex());
        this.target = directory.resolve(digest.hex());
        this.digest = digest;
        this.size = size;
        this.remote = remote;
        this.progress = progress;
        this.locks = locks;
    }

    @Override
    public void run(Arrival.Told told) throws IOException {
        try (StoreLocks.Held _ = locks.content(digest)) {
            boolean present = Files.exists(target) && Files.size(target) == size;
            if (!present) {
                transfer(told);
            }
            progress.stored(digest, size, present);
            told.readable(target, size);
        }
    }

    private void transfer(Arrival.Told told) throws IOException {
        MessageDigest hash = Digest.newHash();
        try (FileChannel file = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long have = known(file, hash);
            checkRoom(size - have);
            progress.arrived(digest, have, size);
            told.readable(partial, have);
            try (InputStream in = remote.open(have)) {
                long got = have + copy(in, file, have, hash, told);
                BlobStore.verify(digest, size, Digest.of(hash), got);
            }
            file.force(true);
        } catch (DamagedContent e) {
            Files.deleteIfExists(partial);
            remote.wrong();
            throw e;
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        BlobStore.sync(target.resolveSibling(""));
    }

    /** Hashes what is there from before. */
    private long known(FileChannel file, MessageDigest hash) throws IOException {
        if (file.size() > size) {
            file.truncate(0);
        }
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long at = 0;
        int count;
        while ((count = file.read(buffer.clear(), at)) > 0) {
            hash.update(buffer.flip());
            at += count;
        }
        return at;
    }

    private long copy(InputStream in, FileChannel file, long from, MessageDigest hash, Arrival.Told told)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long at = from;
        int count;
        while ((count = in.read(buffer)) >= 0) {
            hash.update(buffer, 0, count);
            write(file, ByteBuffer.wrap(buffer, 0, count), at);
            at += count;
            progress.arrived(digest, at, size);
            told.readable(partial, at);
        }
        return at - from;
    }

    private void write(FileChannel file, ByteBuffer bytes, long at) throws IOException {
        long to = at;
        try {
            while (bytes.hasRemaining()) {
                to += file.write(bytes, to);
            }
        } catch (java.nio.channels.ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // What was written is given back, as it is room that is lacking, or the disk that is broken.
            Files.deleteIfExists(partial);
            throw new ImageException(
                    "cannot store content " + digest + ": " + e.getMessage()
                            + ". Nothing of it was kept. Make room, e.g. with slipway image prune, and try again",
                    e);
        }
    }

    private void checkRoom(long bytes) throws IOException {
        long free = Files.getFileStore(target.resolveSibling("")).getUsableSpace();
        if (bytes > free - ROOM_BYTES) {
            throw new ImageException("cannot store content " + digest + ": it needs " + bytes + " bytes more, and "
                    + Math.max(0, free - ROOM_BYTES) + " are free in " + target.resolveSibling("")
                    + ". Make room, e.g. with slipway image prune, and try again");
        }
    }
}
