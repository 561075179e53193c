package io.slipway.sandbox;

/**
 * Subordinate ids: 0 in a container is {@code first} on the host.
 *
 * @param first 0 to 2^32 - 1, as an int
 */
public record IdRange(int first, int count) {
    /** The range that layers are unpacked for, and volumes are kept in. */
    public static final IdRange DEFAULT = new IdRange(100_000, 65_536);

    /** As written to uid_map and gid_map (user_namespaces(7)). */
    String map() {
        return "0 " + first + " " + count + "\n";
    }
}
