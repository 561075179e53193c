package io.slipway.image;

/** A layer that is refused; the code {@code layer_rejected}. Nothing of it is left in the store. */
public final class LayerRejected extends ImageException {
    private static final long serialVersionUID = 1L;
    public static final String CODE = "layer_rejected";
    private final String digest;
    private final String entry;

    /**
     * @param entry the name in the archive; empty where the layer as a whole is refused
     * @param problem what is wrong
     */
    LayerRejected(Digest digest, String entry, String problem) {
        super(CODE + ": layer " + digest + (entry.isEmpty() ? "" : ", entry '" + clean(entry) + "'") + ": " + problem
                + "; nothing of it was kept. Build the image again, or ask who built it");
        this.digest = digest.toString();
        this.entry = entry;
    }

    LayerRejected(Digest digest, String entry, String problem, Throwable cause) {
        this(digest, entry, problem);
        initCause(cause);
    }

    public String digest() {
        return digest;
    }

    public String entry() {
        return entry;
    }

    private static String clean(String entry) {
        String visible = entry.replaceAll("\\p{Cntrl}", "?");
        return visible.length() <= 200 ? visible : visible.substring(0, 200) + "...";
    }
}
