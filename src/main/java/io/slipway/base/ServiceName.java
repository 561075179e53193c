package io.slipway.base;

import java.util.regex.Pattern;

/** Name of a service: 1 to 63 lower-case letters, digits and dashes, beginning with a letter (RFC 1035 label). */
public record ServiceName(String value) implements Comparable<ServiceName> {
    private static final Pattern LABEL = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    public ServiceName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("service name '" + value
                    + "' is not 1 to 63 lower-case letters, digits and dashes beginning with a letter");
        }
    }

    public static boolean isValid(String value) {
        return LABEL.matcher(value).matches();
    }

    @Override
    public int compareTo(ServiceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
