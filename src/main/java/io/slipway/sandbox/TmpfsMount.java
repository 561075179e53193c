package io.slipway.sandbox;

/**
 * An empty file system in memory; what lies in it counts as the container's memory and goes with it.
 *
 * @param sizeBytes at most, at least 4 KiB
 * @param mode of its top directory, e.g. 01777
 * @param executable whether programs in it may be executed
 */
public record TmpfsMount(String target, long sizeBytes, int mode, boolean executable) implements Mount {
    /** As large as a container's /dev/shm. */
    public static final long DEFAULT_BYTES = 64L << 20;

    /** As of /tmp. */
    public static final int DEFAULT_MODE = 01777;

    private static final long PAGE_BYTES = 4096;
    private static final int MODE_MAX = 07777;

    public TmpfsMount {
        target = MountTarget.checked(target);
        if (sizeBytes < PAGE_BYTES) {
            throw new IllegalArgumentException(
                    "a tmpfs of " + sizeBytes + " bytes at " + target + " is smaller than a page, 4 KiB");
        }
        if (mode < 0 || mode > MODE_MAX) {
            throw new IllegalArgumentException(
                    "mode " + Integer.toOctalString(mode) + " of the tmpfs at " + target + " is not 0 to 7777 (octal)");
        }
    }

    /** The kernel's options (tmpfs(5)). */
    String options() {
        return "size=" + sizeBytes + ",mode=" + Integer.toOctalString(mode);
    }
}
