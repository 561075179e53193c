package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Profiles, and calls that come near to what they compare with. */
final class RandomProfiles {
    private RandomProfiles() {}

    static int number(Profile profile, Abi abi, SplittableRandom random) {
        List<Rule> rules = profile.rules();
        if (!rules.isEmpty() && random.nextInt(4) > 0) {
            String name = pick(random, pick(random, rules).names());
            int number = SyscallTable.number(abi, name).orElse(-1);
            return number < 0 ? number : abi.base() + number + (random.nextInt(8) == 0 ? 1 : 0);
        }
        return random.nextInt(8) == 0 ? random.nextInt() : abi.base() + random.nextInt(600);
    }

    private static long argument(Profile profile, SplittableRandom random) {
        List<Condition> conditions = profile.rules().stream()
                .flatMap(rule -> rule.conditions().stream())
                .toList();
        if (conditions.isEmpty() || random.nextInt(4) == 0) {
            return value(random);
        }
        Condition condition = pick(random, conditions);
        long near = condition.operator() == Operator.MASKED_EQ
                ? condition.valueTwo() | value(random) & ~condition.value()
                : condition.value();
        return near + random.nextInt(-1, 2);
    }

    private static long value(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextInt(4);
            case 2 -> -1 - random.nextInt(2);
            case 3 -> 0xffffffffL + random.nextInt(-1, 3);
            case 4 -> (long) random.nextInt(3) << 32 | random.nextInt(3);
            default -> random.nextLong();
        };
    }

    static Profile profile(SplittableRandom random) {
        List<Rule> rules = new ArrayList<>();
        List<String> names = List.copyOf(SyscallTable.names());
        int few = random.nextInt(1, 20);
        List<String> own =
                IntStream.range(0, few).mapToObj(_ -> pick(random, names)).toList();
        for (int i = random.nextInt(12); i > 0; i--) {
            List<String> some = IntStream.range(0, random.nextInt(1, 5))
                    .mapToObj(_ -> pick(random, random.nextInt(4) == 0 ? names : own))
                    .toList();
            List<Condition> conditions = IntStream.range(0, Math.max(0, random.nextInt(-2, 5)))
                    .mapToObj(_ -> condition(random))
                    .toList();
            rules.add(new Rule(some, action(random), conditions, Optional.empty()));
        }
        Set<Abi> abis = EnumSet.noneOf(Abi.class);
        for (Abi abi : Abi.values()) {
            if (random.nextBoolean()) {
                abis.add(abi);
            }
        }
        return new Profile(action(random), abis, 0, rules);
    }

    private static Condition condition(SplittableRandom random) {
        Operator operator = pick(random, List.of(Operator.values()));
        long value = value(random);
        long two = random.nextInt(4) == 0 ? value(random) : value(random) & value;
        return new Condition(random.nextInt(3) * 2, operator, value, operator == Operator.MASKED_EQ ? two : 0);
    }

    private static Action action(SplittableRandom random) {
        Action.Kind kind = pick(random, List.of(Action.Kind.values()));
        return kind.carriesData() ? new Action(kind, random.nextInt(1, 4)) : Action.of(kind);
    }

    static <T> T pick(SplittableRandom random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Rules for one call, each with an errno of its own, from 1000. */
    static List<Rule> rules(SplittableRandom random, String name, int count) {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Condition> conditions = IntStream.range(0, random.nextInt(1, 4))
                    .mapToObj(_ -> condition(random))
                    .toList();
            rules.add(new Rule(List.of(name), Action.errno(1000 + i), conditions, Optional.empty()));
        }
        return rules;
    }

    static long[] arguments(Profile profile, SplittableRandom random) {
        return IntStream.range(0, 6).mapToLong(_ -> argument(profile, random)).toArray();
    }

    /** A profile of errnos as a file has it. */
    static String json(Profile profile) {
        List<String> rules = new ArrayList<>();
        for (Rule rule : profile.rules()) {
            List<String> conditions = rule.conditions().stream()
                    .map(it -> "{\"index\": " + it.index() + ", \"op\": \"SCMP_CMP_" + it.operator() + "\", \"value\": "
                            + Long.toUnsignedString(it.value()) + ", \"valueTwo\": "
                            + Long.toUnsignedString(it.valueTwo()) + "}")
                    .toList();
            rules.add("{\"names\": [\"" + String.join("\", \"", rule.names())
                    + "\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": "
                    + rule.action().data() + ", \"args\": ["
                    + String.join(", ", conditions) + "]}");
        }
        return "{\"defaultAction\": \"SCMP_ACT_" + profile.defaultAction().kind() + "\", \"syscalls\": ["
                + String.join(",\n", rules) + "]}";
    }
}
