package io.slipway.cli.oci;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A command line taken apart: subcommand, flags with their values, operands. */
final class Words {
    private Optional<Verb> verb = Optional.empty();
    private final Map<String, List<String>> values = new HashMap<>();
    private final List<String> operands = new ArrayList<>();

    /** As Go's programs have it: one dash or two, {@code --flag value} or {@code --flag=value}; {@code --} ends the flags. */
    static Words parse(List<String> words) throws UsageException {
        Words parsed = new Words();
        int at = 0;
        boolean flags = true;
        while (at < words.size()) {
            String word = words.get(at++);
            if (flags && word.equals("--")) {
                flags = false;
            } else if (flags && word.startsWith("-") && word.length() > 1) {
                at = parsed.flag(word, words, at);
            } else if (parsed.verb.isEmpty()) {
                parsed.verb = Optional.of(Verb.of(word)
                        .orElseThrow(() ->
                                new UsageException("'" + word + "' is no command; 'slipway oci --help' lists them")));
            } else {
                parsed.operands.add(word);
                // What follows an exec's command is that command's own.
                flags = flags && !(parsed.verb.get() == Verb.EXEC);
            }
        }
        return parsed;
    }

    private int flag(String word, List<String> words, int next) throws UsageException {
        String bare = word.startsWith("--") ? word.substring(2) : word.substring(1);
        int equals = bare.indexOf('=');
        String name = equals < 0 ? bare : bare.substring(0, equals);
        Flag flag = find(name)
                .orElseThrow(() -> new UsageException("flag " + word + " is not known"
                        + verb.map(v -> " to " + v.word()).orElse("") + "; --help lists those that are"));
        List<String> given = values.computeIfAbsent(flag.name(), n -> new ArrayList<>());
        if (equals >= 0) {
            given.add(bare.substring(equals + 1));
            return next;
        }
        if (!flag.takesValue()) {
            given.add("true");
            return next;
        }
        if (next >= words.size()) {
            throw new UsageException("flag " + word + " needs a value: " + flag.value());
        }
        given.add(words.get(next));
        return next + 1;
    }

    private Optional<Flag> find(String name) {
        List<Flag> known = new ArrayList<>(verb.map(Verb::flags).orElse(List.of()));
        known.addAll(Verb.GLOBAL);
        return known.stream()
                .filter(flag -> flag.name().equals(name) || flag.shortName().equals(name) && !name.isEmpty())
                .findFirst();
    }

    Optional<Verb> verb() {
        return verb;
    }

    boolean has(String flag) {
        return text(flag).map(value -> !value.equals("false")).orElse(false);
    }

    /** The last value that was given. */
    Optional<String> text(String flag) {
        List<String> given = all(flag);
        return given.isEmpty() ? Optional.empty() : Optional.of(given.getLast());
    }

    List<String> all(String flag) {
        return values.getOrDefault(flag, List.of());
    }

    int number(String flag, int otherwise) throws UsageException {
        Optional<String> text = text(flag);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("[0-9]{1,9}")) {
            throw new UsageException("--" + flag + " " + text.get() + " is not a number");
        }
        return Integer.parseInt(text.get());
    }

    List<String> operands() {
        return operands;
    }

    /** The container, which must be the only operand unless {@code more} may follow. */
    String id(boolean more) throws UsageException {
        String word = verb.map(Verb::word).orElse("");
        if (operands.isEmpty()) {
            throw new UsageException(word + " needs a container's id");
        }
        if (!more && operands.size() > 1) {
            throw new UsageException(word + " takes one container's id, not also '" + operands.get(1) + "'");
        }
        return operands.getFirst();
    }
}
