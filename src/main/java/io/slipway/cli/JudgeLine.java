package io.slipway.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code slipway judge} in its usual form, without the library that reads all other command lines: that takes longer to load than an hour takes to be
 * judged. Whatever is unusual, or fails, is left to it.
 */
public final class JudgeLine {
    private static final Set<String> OPTIONS = Set.of("--baseline", "--candidate", "--spec");

    private JudgeLine() {}

    /** Whether the words were answered; nothing was printed otherwise. */
    public static boolean answers(List<String> words, PrintWriter out, PrintWriter err) {
        Map<String, String> options = options(words);
        if (!options.containsKey("--baseline") || !options.containsKey("--candidate")) {
            return false;
        }
        try {
            String spec = options.get("--spec");
            Path baseline = Path.of(options.get("--baseline"));
            Path candidate = Path.of(options.get("--candidate"));
            return judged(baseline, candidate, spec == null ? null : Path.of(spec), out, err);
        } catch (RuntimeException e) {
            // It will fail there too, and be told as any other failure.
            return false;
        }
    }

    /** Each option once, with a value that cannot be another option; else none. */
    private static Map<String, String> options(List<String> words) {
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i + 1 < words.size(); i += 2) {
            String value = words.get(i + 1);
            if (!OPTIONS.contains(words.get(i)) || value.isEmpty() || "-\"'@".indexOf(value.charAt(0)) >= 0) {
                return Map.of();
            }
            options.put(words.get(i), value);
        }
        return words.getFirst().equals("judge") && words.size() == 1 + 2 * options.size() ? options : Map.of();
    }

    /** False, and nothing is printed, when the files have to be judged as a whole. */
    static boolean judged(Path baseline, Path candidate, @Nullable Path spec, PrintWriter out, PrintWriter err) {
        List<String> warnings = new ArrayList<>();
        Optional<JudgedWhileRead.Result> result = JudgedWhileRead.of(
                baseline, candidate, costs -> JudgeSpecFile.read(Optional.ofNullable(spec), costs, warnings::add));
        result.ifPresent(r -> {
            r.problems().forEach(err::println);
            warnings.forEach(err::println);
            out.print(r.lines());
            err.flush();
            out.flush();
        });
        return result.isPresent();
    }
}
