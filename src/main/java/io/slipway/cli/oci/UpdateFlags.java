package io.slipway.cli.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes the flags of {@code update} a resources section; a file of one stands for itself. */
final class UpdateFlags {
    private static final String[][] NUMBERS = {
        {"memory", "memory", "limit"},
        {"memory-reservation", "memory", "reservation"},
        {"memory-swap", "memory", "swap"},
        {"cpu-period", "cpu", "period"},
        {"cpu-quota", "cpu", "quota"},
        {"cpu-share", "cpu", "shares"},
        {"pids-limit", "pids", "limit"},
        {"blkio-weight", "blockIO", "weight"}
    };
    private final Words words;

    UpdateFlags(Words words) {
        this.words = words;
    }

    byte[] resources(InputStream in) throws IOException, UsageException {
        Optional<String> file = words.text("resources");
        if (file.isPresent()) {
            return file.get().equals("-") ? in.readAllBytes() : Files.readAllBytes(Path.of(file.get()));
        }
        Map<String, List<String>> sections = new TreeMap<>();
        for (String[] number : NUMBERS) {
            Optional<String> value = words.text(number[0]);
            if (value.isPresent()) {
                if (!value.get().matches("-?[0-9]{1,18}")) {
                    throw new UsageException("--" + number[0] + " " + value.get() + " is not a number");
                }
                add(sections, number[1], number[2], value.get());
            }
        }
        for (String list : List.of("cpus", "mems")) {
            words.text("cpuset-" + list).ifPresent(value -> add(sections, "cpu", list, OciLog.quoted(value)));
        }
        if (sections.isEmpty()) {
            throw new UsageException("update needs something to change: --resources FILE, or a flag for each limit");
        }
        List<String> parts = new ArrayList<>();
        sections.forEach((name, entries) -> parts.add("\"" + name + "\":{" + String.join(",", entries) + "}"));
        return OciLine.bytes("{" + String.join(",", parts) + "}");
    }

    private static void add(Map<String, List<String>> sections, String section, String name, String value) {
        sections.computeIfAbsent(section, s -> new ArrayList<>()).add("\"" + name + "\":" + value);
    }
}
