package io.slipway.image;

/**
 * What one layer may hold at most, so that a small file cannot fill the host.
 *
 * @param entriesMax entries in the archive
 * @param bytesMax bytes of all files, unpacked
 * @param ratioMax unpacked bytes per compressed byte, looked at once {@code ratioFromBytes} are unpacked
 */
public record LayerLimits(long entriesMax, long bytesMax, long ratioMax, long ratioFromBytes) {
    /** Far above what real layers have: 26,000 entries and 680 MB make a large one. */
    public static final LayerLimits DEFAULT = new LayerLimits(500_000, 32L << 30, 200, 64L << 20);
}
