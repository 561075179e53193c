package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Names and numbers of system calls, per {@link Abi}; the resource says where they come from. */
final class SyscallTable {
    private static final String RESOURCE = "syscalls.txt";
    private static final List<Abi> COLUMNS = List.of(Abi.X86_64, Abi.X86, Abi.X32, Abi.AARCH64, Abi.ARM);
    private static final Map<String, int[]> NUMBERS = load();
    private static final Map<Abi, Map<Integer, String>> NAMES = new EnumMap<>(Abi.class);

    static {
        for (int i = 0; i < COLUMNS.size(); i++) {
            Map<Integer, String> names = new HashMap<>();
            for (Map.Entry<String, int[]> call : NUMBERS.entrySet()) {
                names.put(call.getValue()[i], call.getKey());
            }
            names.remove(-1);
            NAMES.put(COLUMNS.get(i), names);
        }
    }

    private SyscallTable() {}

    /** Without {@link Abi#base}; empty where there is no such call. */
    static OptionalInt number(Abi abi, String name) {
        int[] numbers = NUMBERS.get(name);
        int number = numbers == null ? -1 : numbers[COLUMNS.indexOf(abi)];
        return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    static Optional<String> name(Abi abi, int number) {
        return Optional.ofNullable(NAMES.getOrDefault(abi, Map.of()).get(number));
    }

    /** All names, of any of them. */
    static Set<String> names() {
        return NUMBERS.keySet();
    }

    private static Map<String, int[]> load() {
        Map<String, int[]> numbers = new HashMap<>();
        for (String line : Resource.text(RESOURCE).split("\n")) {
            if (!line.startsWith("#")) {
                List<String> words = new ArrayList<>(List.of(line.split(" ")));
                String name = words.removeFirst();
                numbers.put(
                        name,
                        words.stream()
                                .mapToInt(word -> word.equals("-") ? -1 : Integer.parseInt(word))
                                .toArray());
            }
        }
        return numbers;
    }
}
