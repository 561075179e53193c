package io.slipway.sandbox.seccomp;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What a profile says of a call, read from its rules one by one, without tables: what compiled filters are compared with. */
final class DirectReading {
    private DirectReading() {}

    /** @param number with x32's bit */
    static Action of(Profile profile, Target target, int audit, int number, long... arguments) {
        Abi machine = target.machine();
        boolean x32 = profile.abis().contains(Abi.X32);
        if (audit == Abi.X86_64.audit() && machine == Abi.X86_64) {
            if (x32) {
                return of(profile, target, List.of(Abi.X86_64, Abi.X32), number & ~Abi.X32.base(), arguments);
            } else if (number == -1) {
                return profile.defaultAction();
            } else if (Integer.compareUnsigned(number, Abi.X32.base()) < 0) {
                return of(profile, target, List.of(Abi.X86_64), number, arguments);
            }
        }
        for (Abi abi : machine == Abi.AARCH64 ? List.of(Abi.AARCH64, Abi.ARM) : List.of(Abi.X86)) {
            if (abi.audit() == audit && (abi == machine || profile.abis().contains(abi))) {
                return of(profile, target, List.of(abi), number, arguments);
            }
        }
        return Action.of(Action.Kind.KILL_PROCESS);
    }

    private static Action of(Profile profile, Target target, List<Abi> abis, int number, long... arguments) {
        List<Rule> rules = profile.rules().stream()
                .filter(rule -> rule.scope().isEmpty() || rule.scope().get().covers(target))
                .toList();
        Abi abi = abis.getFirst();
        String name = abis.stream()
                .flatMap(it -> SyscallTable.name(it, number).stream())
                .findFirst()
                .orElse("");
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
        boolean named = rules.stream().anyMatch(rule -> rule.names().contains(name));
        boolean beyond = !named && Integer.compareUnsigned(number, last(rules, abi)) > 0;
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
