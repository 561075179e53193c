package io.slipway.sandbox.seccomp;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What a profile says of a call, read from its rules one by one, without tables: what compiled filters are compared with. */
final class DirectReading {
    private DirectReading() {}

    /** @param number with x32's bit */
    static Action of(Profile profile, Target target, int audit, int number, long... arguments) {
        if (number == -1 && audit == target.machine().audit()) {
            return profile.defaultAction();
        }
        for (Abi abi : Abi.values()) {
            boolean x32 = Integer.compareUnsigned(number, 0x40000000) >= 0 && audit == Abi.X86_64.audit();
            boolean here = abi == target.machine() || profile.abis().contains(abi);
            boolean possible = target.machine() == Abi.AARCH64
                    ? abi == Abi.AARCH64 || abi == Abi.ARM
                    : abi != Abi.AARCH64 && abi != Abi.ARM;
            if (here && possible && abi.audit() == audit && x32 == (abi == Abi.X32)) {
                return of(profile, target, abi, number - abi.base(), arguments);
            }
        }
        return Action.of(Action.Kind.KILL_PROCESS);
    }

    private static Action of(Profile profile, Target target, Abi abi, int number, long... arguments) {
        List<Rule> rules = profile.rules().stream()
                .filter(rule -> rule.scope().isEmpty() || rule.scope().get().covers(target))
                .toList();
        String name = SyscallTable.name(abi, number).orElse("");
        List<Rule> other = rules.stream()
                .filter(rule -> !rule.action().equals(profile.defaultAction()))
                .toList();
        for (Rule rule : other) {
            if (rule.conditions().isEmpty() && rule.names().contains(name)) {
                return rule.action();
            }
        }
        for (Rule rule : other) {
            if (rule.names().contains(name) && holds(rule, arguments) || through(rule, abi, name, arguments[0])) {
                return rule.action();
            }
        }
        boolean beyond = Integer.compareUnsigned(number, last(rules, abi)) > 0;
        return beyond && !profile.defaultAction().lets() ? Action.errno(38) : profile.defaultAction();
    }

    private static boolean through(Rule rule, Abi abi, String name, long which) {
        return rule.conditions().isEmpty()
                && rule.names().stream()
                        .flatMap(it -> Multiplexer.of(abi, it).stream())
                        .anyMatch(way ->
                                way.through().equals(name) && way.condition().holds(which));
    }

    private static boolean holds(Rule rule, long... arguments) {
        boolean twice =
                rule.conditions().stream().mapToInt(Condition::index).distinct().count()
                        < rule.conditions().size();
        return twice
                ? rule.conditions().stream().anyMatch(it -> holds(it, arguments))
                : rule.conditions().stream().allMatch(it -> holds(it, arguments));
    }

    private static boolean holds(Condition condition, long... arguments) {
        long argument = arguments[condition.index()];
        int order = Long.compareUnsigned(argument, condition.value());
        return switch (condition.operator()) {
            case NE -> order != 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case EQ -> order == 0;
            case GE -> order >= 0;
            case GT -> order > 0;
            case MASKED_EQ -> (argument & condition.value()) == condition.valueTwo();
        };
    }

    private static int last(List<Rule> rules, Abi abi) {
        return rules.stream()
                .flatMap(rule -> rule.names().stream()
                        .flatMap(name -> Stream.concat(
                                Stream.of(name),
                                Multiplexer.of(abi, name)
                                        .filter(_ -> rule.conditions().isEmpty())
                                        .map(Multiplexer.Way::through)
                                        .stream())))
                .map(name -> SyscallTable.number(abi, name))
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .max()
                .orElse(-1);
    }
}
