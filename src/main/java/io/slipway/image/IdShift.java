package io.slipway.image;

/**
 * How owners within an image become owners on the host: {@code id + first}, for ids below {@code count}.
 *
 * @param first the host's id for the image's 0
 * @param count how many ids there are; an image that uses a higher one is refused
 */
public record IdShift(int first, int count) {
    /** The range in which containers run by default. */
    public static final IdShift DEFAULT = new IdShift(100_000, 65_536);

    /** Owners stay as they are. */
    public static final IdShift NONE = new IdShift(0, 65_536);

    public IdShift {
        if (first < 0 || count <= 0 || (long) first + count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no range of ids: first " + first + ", count " + count);
        }
    }

    boolean covers(long id) {
        return id >= 0 && id < count;
    }

    int shifted(long id) {
        return Math.toIntExact(first + id);
    }
}
