package io.slipway.image.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One way by which a server wants to know us, from {@code WWW-Authenticate} (RFC 9110 section 11.6.1).
 *
 * @param scheme in lower case
 * @param parameters names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final int CHARS_MAX = 8192;

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(it -> !it.isEmpty());
    }

    /** All challenges of all header lines; what is no challenge is passed over. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> all = new ArrayList<>();
        for (String header : headers) {
            if (header.length() <= CHARS_MAX) {
                new Reader(header).readInto(all);
            }
        }
        return all;
    }

    static Optional<Challenge> find(List<Challenge> all, String scheme) {
        return all.stream().filter(one -> one.scheme.equals(scheme)).findFirst();
    }

    /** Walks over one header line. */
    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        void readInto(List<Challenge> all) {
            Optional<Map<String, String>> parameters = Optional.empty();
            while (at < text.length()) {
                skip(" \t,");
                String word = token();
                if (word.isEmpty()) {
                    at++;
                    continue;
                }
                skip(" \t");
                if (peek('=')) {
                    at++;
                    skip(" \t");
                    String value = value();
                    parameters.ifPresent(known -> known.put(word.toLowerCase(Locale.ROOT), value));
                } else {
                    Map<String, String> own = new LinkedHashMap<>();
                    parameters = Optional.of(own);
                    all.add(new Challenge(word.toLowerCase(Locale.ROOT), own));
                }
            }
        }

        private boolean peek(char c) {
            return at < text.length() && text.charAt(at) == c;
        }

        private void skip(String chars) {
            while (at < text.length() && chars.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private String token() {
            int start = at;
            while (at < text.length() && isTokenChar(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private static boolean isTokenChar(char c) {
            return (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "!#$%&'*+-.^_`|~/".indexOf(c) >= 0;
        }

        private String value() {
            if (!peek('"')) {
                int start = at;
                while (at < text.length() && " \t,".indexOf(text.charAt(at)) < 0) {
                    at++;
                }
                return text.substring(start, at);
            }
            at++;
            StringBuilder value = new StringBuilder();
            while (at < text.length() && !peek('"')) {
                if (peek('\\') && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
            at++;
            return value.toString();
        }
    }
}
