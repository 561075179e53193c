package io.slipway.image;

/**
 * What a layer does to one name of those below.
 *
 * @param path from the top, beginning with a slash
 * @param bytes of content that came by it; of a removal, that are hidden by it
 */
public record LayerChange(Kind kind, String path, long bytes) {
    /** As Docker's diff shows it. */
    public enum Kind {
        ADDED("A"),
        CHANGED("C"),
        REMOVED("D");

        private final String letter;

        Kind(String letter) {
            this.letter = letter;
        }

        public String letter() {
            return letter;
        }
    }
}
