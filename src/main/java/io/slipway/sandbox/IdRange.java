package io.slipway.sandbox;

/** Subordinate ids: 0 in a container is {@code first} on the host. */
public record IdRange(int first, int count) {
    /** The range that layers are unpacked for, and volumes are kept in. */
    public static final IdRange DEFAULT = new IdRange(100_000, 65_536);

    /** The host's own ids, as a container without a user namespace has them. */
    public static final IdRange HOST = new IdRange(0, 65_536);

    public IdRange {
        if (first < 0 || count <= 0 || (long) first + count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no range of ids: first " + first + ", count " + count);
        }
    }

    /** As written to uid_map and gid_map (user_namespaces(7)). */
    String map() {
        return "0 " + first + " " + count + "\n";
    }
}
