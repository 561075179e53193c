package io.slipway.sandbox;

import java.util.regex.Pattern;

/** Names of hosts: labels of letters, digits and hyphens, separated by dots (RFC 1123, section 2.1), as long as the kernel takes (sethostname(2)). */
final class Hostname {
    private static final int BYTES_MAX = 64;
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");

    private Hostname() {}

    /** @throws IllegalArgumentException saying what a name is made of */
    static String checked(String name) {
        if (name.length() > BYTES_MAX || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("host name '" + shown(name)
                    + "' is none (RFC 1123): write labels of 1 to 63 "
                    + "letters, digits and hyphens, with no hyphen at either end, separated by dots; " + BYTES_MAX
                    + " bytes in all, as web-1.example");
        }
        return name;
    }

    /** For a container that has been given none; {@code id} begins with a letter or digit and has at most 63 characters. */
    static String of(String id) {
        return id.replaceAll("[^A-Za-z0-9-]", "-").replaceAll("-+$", "");
    }

    private static String shown(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
