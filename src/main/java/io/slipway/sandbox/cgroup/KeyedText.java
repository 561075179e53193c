package io.slipway.sandbox.cgroup;

/** A file of lines {@code key value} or {@code key name=value name=value}. */
record KeyedText(String text) {
    boolean has(String key) {
        return !line(key).isEmpty();
    }

    /** 0 when the key is not there. */
    long number(String key) {
        String value = line(key);
        return value.isEmpty() ? 0 : Long.parseLong(value);
    }

    /** 0 when it is not there. */
    double decimal(String key, String name) {
        for (String word : line(key).split(" ")) {
            if (word.startsWith(name + "=")) {
                return Double.parseDouble(word.substring(name.length() + 1));
            }
        }
        return 0;
    }

    private String line(String key) {
        for (String line : text.split("\n")) {
            if (line.startsWith(key) && line.length() > key.length() && line.charAt(key.length()) == ' ') {
                return line.substring(key.length() + 1).strip();
            }
        }
        return "";
    }
}
