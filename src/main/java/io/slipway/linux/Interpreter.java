package io.slipway.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/** The assembled interpreter of syscall programs for one architecture, from its {@code .hex} resource. Its code runs at any address. */
final class Interpreter {
    private final byte[] code;
    private final Map<String, Integer> entries;

    private Interpreter(byte[] code, Map<String, Integer> entries) {
        this.code = code;
        this.entries = Map.copyOf(entries);
    }

    static Interpreter of(Architecture architecture) {
        String resource = architecture.interpreter() + ".hex";
        try (InputStream in = Interpreter.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar; build it again");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read from the jar", e);
        }
    }

    byte[] code() {
        return code.clone();
    }

    /** Offset of an entry point in the code. */
    int offset(String entry) {
        return Objects.requireNonNull(entries.get(entry), entry);
    }

    private static Interpreter parse(String text) {
        Map<String, Integer> entries = new HashMap<>();
        StringBuilder hex = new StringBuilder();
        for (String line : text.split("\n")) {
            int space = line.indexOf(' ');
            if (space < 0) {
                hex.append(line);
            } else if (!line.startsWith("#")) {
                entries.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
            }
        }
        return new Interpreter(HexFormat.of().parseHex(hex), entries);
    }
}
