package io.slipway.image;

/** A text that names no image. The message says what is wrong with it and how to write it. */
public final class InvalidReference extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidReference(String text, String problem) {
        super("image reference '" + shown(text) + "' " + problem);
    }

    private static String shown(String text) {
        String visible = text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
        visible = visible.replaceAll("\\p{Cntrl}", "?");
        return visible.length() <= 200 ? visible : visible.substring(0, 200) + "...";
    }
}
