package io.slipway.sandbox;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Gives each container ids of the host that no other one has: what breaks out of one is a stranger to the rest. They are taken from a subordinate
 * range, beginning at a place that depends on the state directory, so that two runtimes of a host do not meet either.
 *
 * <p>Which are taken is known from the containers' records. Where several processes use a state directory, each is also claimed by a link in
 * {@code .ids}, named by its place and leading to the container's id: making a link is atomic.
 */
final class IdRanges {
    private static final String CLAIMS = ".ids";
    private static final int HASH_DIGITS = 7;
    private static final long STALE_SECONDS = 60;

    private final Path claims;
    private final boolean shared;
    private final SubordinateIds ids;
    private final int start;
    private final Map<IdRange, Set<String>> users = new HashMap<>();

    /**
     * @param hash of the state directory, in hexadecimal
     * @param shared whether other processes may have it open too
     */
    IdRanges(Path state, String hash, boolean shared, SubordinateIds ids) {
        claims = state.resolve(CLAIMS);
        this.shared = shared;
        this.ids = ids;
        start = Integer.parseInt(hash.substring(0, HASH_DIGITS), 16) % ids.slots();
    }

    /** @throws IOException if all are taken */
    synchronized IdRange claim(String container) throws IOException {
        for (int i = 0; i < ids.slots(); i++) {
            int slot = (start + i) % ids.slots();
            IdRange range = ids.range(slot);
            if (!users.containsKey(range) && (!shared || link(slot, container))) {
                users.put(range, new HashSet<>(Set.of(container)));
                return range;
            }
        }
        throw new IOException("all " + ids.slots() + " ranges of ids from " + ids.source()
                + " are taken by containers; " + "remove those that have ended, or enlarge it");
    }

    /** Another container uses the range too, or one of an earlier run still does. */
    synchronized void use(IdRange range, String container) {
        users.computeIfAbsent(range, r -> new HashSet<>()).add(container);
    }

    /** Free again, once nobody else uses it. */
    synchronized void release(IdRange range, String container) throws IOException {
        Set<String> left = users.getOrDefault(range, new HashSet<>());
        left.remove(container);
        if (left.isEmpty()) {
            users.remove(range);
            Path claim = claims.resolve(Integer.toString(ids.slot(range)));
            // Another process may have removed the container before, and a third have claimed the range since.
            if (shared && ids.has(range) && (claims(claim, container) || !claimantIsThere(claim))) {
                Files.deleteIfExists(claim);
            }
        }
    }

    /** Takes away the claims of those who were killed before they had written down what for. */
    synchronized void sweep(Instant now) throws IOException {
        if (!Files.isDirectory(claims)) {
            return;
        }
        try (var all = Files.list(claims)) {
            for (Path claim : all.toList()) {
                IdRange range = ids.range(Integer.parseInt(claim.getFileName().toString()));
                Instant made = Files.getLastModifiedTime(claim, LinkOption.NOFOLLOW_LINKS)
                        .toInstant();
                boolean old = made.isBefore(now.minusSeconds(STALE_SECONDS));
                if (old && !users.containsKey(range) && !claimantIsThere(claim)) {
                    Files.deleteIfExists(claim);
                }
            }
        } catch (NoSuchFileException e) {
            // Released meanwhile by another process.
            return;
        }
    }

    private boolean claims(Path claim, String container) throws IOException {
        try {
            return Files.readSymbolicLink(claim).toString().equals(container);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** A container's directory is made before it claims anything. */
    private boolean claimantIsThere(Path claim) throws IOException {
        try {
            return Files.exists(claims.resolveSibling(Files.readSymbolicLink(claim)));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Leaves no empty directory behind. */
    void close() throws IOException {
        if (Files.isDirectory(claims)) {
            try (var all = Files.list(claims)) {
                if (all.findAny().isEmpty()) {
                    Files.deleteIfExists(claims);
                }
            } catch (java.nio.file.DirectoryNotEmptyException e) {
                return;
            }
        }
    }

    private boolean link(int slot, String container) throws IOException {
        Path claim = claims.resolve(Integer.toString(slot));
        for (int attempt = 0; ; attempt++) {
            try {
                Files.createSymbolicLink(claim, Path.of(container));
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            } catch (NoSuchFileException e) {
                if (attempt > 2) {
                    throw e;
                }
                Files.createDirectories(claims);
            }
        }
    }
}
