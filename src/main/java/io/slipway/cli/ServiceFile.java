package io.slipway.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Edits a service file as text, so that the controller sees, and reports upon, the lines the person wrote. */
final class ServiceFile {
    private static final Pattern IMAGE_LINE = Pattern.compile("(?m)^image:.*$");

    private ServiceFile() {}

    /** The file with its top-level image replaced, or added when it has none. */
    static String withImage(String file, Optional<String> image) {
        if (image.isEmpty()) {
            return file;
        }
        String line = "image: '" + image.get().replace("'", "''") + "'";
        return IMAGE_LINE.matcher(file).find()
                ? IMAGE_LINE.matcher(file).replaceFirst(Matcher.quoteReplacement(line))
                : line + "\n" + file;
    }
}
