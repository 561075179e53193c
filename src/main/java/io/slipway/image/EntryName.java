package io.slipway.image;

/**
 * An archive's name for an entry, in two: {@code usr/lib} and {@code x.so}. Empty parts and dots are dropped; {@code ..} stays, to be resolved.
 *
 * @param last empty for the top itself
 */
record EntryName(String parent, String last) {
    static EntryName of(String text) {
        String clean = isClean(text) ? text : cleaned(text);
        int slash = clean.lastIndexOf('/');
        return slash < 0
                ? new EntryName("", clean)
                : new EntryName(clean.substring(0, slash), clean.substring(slash + 1));
    }

    String whole() {
        return parent.isEmpty() ? last : parent + "/" + last;
    }

    /** As almost all are, so that the rest may take its time. */
    private static boolean isClean(String text) {
        return !text.startsWith("/")
                && !text.startsWith("./")
                && !text.endsWith("/")
                && !text.endsWith("/.")
                && !text.equals(".")
                && !text.contains("//")
                && !text.contains("/./");
    }

    private static String cleaned(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (String part : text.split("/")) {
            if (!part.isEmpty() && !part.equals(".")) {
                clean.append(clean.isEmpty() ? "" : "/").append(part);
            }
        }
        return clean.toString();
    }
}
