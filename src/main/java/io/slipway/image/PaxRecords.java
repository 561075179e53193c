package io.slipway.image;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records of an extended header: {@code LENGTH KEY=VALUE\n}, bytes in value (pax(1), "pax Extended Header"; GNU's and Schilling's keys). */
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";
    private static final String MAP = "GNU.sparse.map";
    private final Map<String, String> records = new LinkedHashMap<>();

    /** @throws RefusedEntry if a record is not as the format demands */
    static PaxRecords of(byte[] header) throws RefusedEntry {
        PaxRecords made = new PaxRecords();
        String text = new String(header, StandardCharsets.ISO_8859_1);
        int at = 0;
        while (at < text.length()) {
            int space = text.indexOf(' ', at);
            int length = space < 0 ? 0 : length(text.substring(at, space));
            int equals = space < 0 ? -1 : text.indexOf('=', space);
            int end = at + length;
            if (end > text.length()
                    || equals < 0
                    || equals <= space + 1
                    || equals >= end
                    || text.charAt(end - 1) != '\n') {
                throw new RefusedEntry("its extended header is malformed at byte " + at);
            }
            made.put(text.substring(space + 1, equals), text.substring(equals + 1, end - 1));
            at = end;
        }
        return made;
    }

    static PaxRecords none() {
        return new PaxRecords();
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(records.get(key)).filter(value -> !value.isEmpty());
    }

    Optional<Long> number(String key) throws RefusedEntry {
        Optional<String> value = text(key);
        return value.isEmpty() ? Optional.empty() : Optional.of(number(key, value.get()));
    }

    /** Seconds, with a fraction. */
    Optional<BigDecimal> time(String key) throws RefusedEntry {
        try {
            return text(key).map(value -> new BigDecimal(checkedTime(value)));
        } catch (NumberFormatException e) {
            throw new RefusedEntry("its extended header has no time in " + key);
        }
    }

    /** Extended attributes of the file. */
    Map<String, byte[]> attributes() {
        Map<String, byte[]> found = new LinkedHashMap<>();
        records.forEach((key, value) -> {
            if (key.startsWith(XATTR)) {
                found.put(key.substring(XATTR.length()), value.getBytes(StandardCharsets.ISO_8859_1));
            }
        });
        return found.isEmpty() ? Map.of() : Collections.unmodifiableMap(found);
    }

    /** The map of holes, of versions 0.0 and 0.1 of the format. */
    Optional<List<Long>> sparseNumbers() throws RefusedEntry {
        if (!records.containsKey(MAP)) {
            return Optional.empty();
        }
        List<Long> numbers = new ArrayList<>();
        for (String one : text(MAP).map(map -> map.split(",")).orElse(new String[0])) {
            numbers.add(number(MAP, one));
        }
        return Optional.of(numbers);
    }

    static long number(String key, String digits) throws RefusedEntry {
        try {
            long number = Long.parseLong(digits);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told of below.
        }
        throw new RefusedEntry("its extended header has no valid number in " + key);
    }

    static long seconds(BigDecimal time) throws RefusedEntry {
        try {
            return time.setScale(0, RoundingMode.FLOOR).longValueExact();
        } catch (ArithmeticException e) {
            throw new RefusedEntry("its time is beyond all bounds");
        }
    }

    static int nanos(BigDecimal time) {
        return time.subtract(time.setScale(0, RoundingMode.FLOOR))
                .movePointRight(9)
                .intValue();
    }

    private void put(String key, String value) {
        switch (key) {
            // Version 0.0 gives the map as pairs of records of the same keys.
            case "GNU.sparse.offset" -> records.merge(MAP, value, (before, more) -> before + "," + more);
            case "GNU.sparse.numbytes" -> records.merge(MAP, value, (before, more) -> before + "," + more);
            default -> records.put(key, value);
        }
    }

    private static int length(String digits) {
        try {
            return Math.max(0, Integer.parseInt(digits));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Digits alone: an exponent would make a number of a billion digits. */
    private static String checkedTime(String value) {
        if (value.length() > 40 || !value.matches("-?[0-9]+(\\.[0-9]*)?")) {
            throw new NumberFormatException(value);
        }
        return value;
    }
}
