package io.slipway.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Ids of the host that belong to containers: those which /etc/subuid and /etc/subgid both give to {@code slipway} (subuid(5)), or, without such a line,
 * the highest of the ids that neither distributions nor systemd use (systemd, UIDS-GIDS: 1879048192 to 2147352575; of these the agent gives lower ones
 * to its own children).
 *
 * @param slots how many containers they are enough for, each with 65536
 * @param source where that is said
 */
public record SubordinateIds(long first, int slots, String source) {
    private static final int RANGE = IdRange.DEFAULT.count();
    private static final String OWNER = "slipway";
    private static final long UNUSED_FIRST = 2_080_374_784L;
    private static final long UNUSED_COUNT = 66_977_792L;

    /** @throws IOException if the lines cannot be used; says why */
    public static SubordinateIds ofHost() throws IOException {
        return of(Path.of("/etc/subuid"), Path.of("/etc/subgid"));
    }

    static SubordinateIds of(Path subuid, Path subgid) throws IOException {
        Optional<long[]> uids = line(subuid);
        Optional<long[]> gids = line(subgid);
        if (uids.isEmpty() && gids.isEmpty()) {
            return new SubordinateIds(
                    UNUSED_FIRST, (int) (UNUSED_COUNT / RANGE), "the unused ids from " + UNUSED_FIRST);
        }
        String lines = "the lines of '" + OWNER + "' in " + subuid + " and " + subgid;
        if (uids.isEmpty() || gids.isEmpty() || uids.get()[0] != gids.get()[0]) {
            throw new IOException(
                    lines + " must begin at the same id, as each container's users and groups have the same");
        }
        long count = Math.min(uids.get()[1], gids.get()[1]);
        long first = uids.get()[0];
        if (count < RANGE || first < RANGE || first + count > Integer.MAX_VALUE) {
            throw new IOException(
                    lines + " must give at least " + RANGE + " ids, from " + RANGE + " up and below 2147483647");
        }
        return new SubordinateIds(first, (int) (count / RANGE), lines);
    }

    IdRange range(int slot) {
        return new IdRange((int) (first + (long) slot * RANGE), RANGE);
    }

    boolean has(IdRange range) {
        int slot = slot(range);
        return slot >= 0 && slot < slots && range(slot).equals(range);
    }

    int slot(IdRange range) {
        return (int) ((range.first() - first) / RANGE);
    }

    private static Optional<long[]> line(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        return lines.stream()
                .map(line -> line.split(":"))
                .filter(part -> part.length == 3 && part[0].equals(OWNER))
                .filter(part -> part[1].matches("[0-9]{1,10}") && part[2].matches("[0-9]{1,10}"))
                .map(part -> new long[] {Long.parseLong(part[1]), Long.parseLong(part[2])})
                .findFirst();
    }
}
