package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * A profile as a table: for each audit architecture of a machine, the decisions by number, each from its key up to the next. Numbers above the
 * last that the profile names get ENOSYS where the default denies: the profile is older than such calls, and libraries then use others (as runc does
 * it). Another architecture, or x32 where it is not named, is answered with the process's death.
 *
 * <p>x32 shares a table with x86-64: a call that both have has one number but for bit 30, and the numbers that only one has are free in the other,
 * where the kernel itself says ENOSYS (arch/x86/entry/syscalls/syscall_64.tbl).
 */
final class Decisions {
    private static final Action FOREIGN = Action.of(Action.Kind.KILL_PROCESS);
    private static final long WORD = 0xffffffffL;
    /** What a tracer sets to pass over a call: never one of x32's. */
    private static final long NO_CALL = WORD;

    private final Map<Integer, Numbers> byAudit = new LinkedHashMap<>();

    private Decisions() {}

    /**
     * Decisions of one audit architecture.
     *
     * @param mask of the bits of a number that count
     * @param starts each decision by its first number; the first is for 0
     */
    record Numbers(long mask, NavigableMap<Long, Decision> starts) {
        Decision of(long number) {
            return starts.floorEntry(number & mask).getValue();
        }
    }

    static Decisions of(Profile profile, Target target) {
        Decisions decisions = new Decisions();
        List<Rule> rules = profile.rules(target);
        Set<Abi> abis = profile.abis();
        Abi machine = target.machine();
        for (Abi abi : machine.family()) {
            if (abi == Abi.X86_64) {
                decisions.byAudit.put(
                        abi.audit(), nativeNumbers(rules, profile.defaultAction(), abis.contains(Abi.X32)));
            } else if (abi != Abi.X32 && (abi == machine || abis.contains(abi))) {
                decisions.byAudit.put(
                        abi.audit(),
                        new Numbers(WORD, numbers(branches(Set.of(abi), rules), abi, profile.defaultAction())));
            }
        }
        return decisions;
    }

    private static Numbers nativeNumbers(List<Rule> rules, Action defaultAction, boolean x32) {
        Set<Abi> abis = x32 ? EnumSet.of(Abi.X86_64, Abi.X32) : EnumSet.of(Abi.X86_64);
        NavigableMap<Long, Decision> starts = numbers(branches(abis, rules), Abi.X86_64, defaultAction);
        if (x32) {
            return new Numbers(WORD & ~Abi.X32.base(), starts);
        }
        starts.put((long) Abi.X32.base(), Decision.always(FOREIGN));
        starts.put(NO_CALL, Decision.always(defaultAction));
        return new Numbers(WORD, starts);
    }

    /** @param abi whose last number that is named is the last which the profile knows */
    private static NavigableMap<Long, Decision> numbers(
            NavigableMap<Integer, List<Decision.Branch>> branches, Abi abi, Action defaultAction) {
        int last = branches.descendingKeySet().stream()
                .filter(number -> SyscallTable.name(abi, number).isPresent())
                .findFirst()
                .orElse(Integer.MAX_VALUE);
        Decision known = Decision.always(defaultAction);
        Decision newer = defaultAction.lets() ? known : Decision.always(Action.errno(Action.ENOSYS));
        NavigableMap<Long, Decision> numbers = new TreeMap<>();
        numbers.put(0L, known);
        branches.forEach((number, list) -> {
            numbers.put((long) number, Decision.of(list, defaultAction));
            if (!branches.containsKey(number + 1)) {
                numbers.put(number + 1L, number < last ? known : newer);
            }
        });
        return numbers;
    }

    private static NavigableMap<Integer, List<Decision.Branch>> branches(Set<Abi> abis, List<Rule> rules) {
        NavigableMap<Integer, List<Decision.Branch>> branches = new TreeMap<>();
        for (Rule rule : rules) {
            for (String name : rule.names()) {
                for (List<Condition> conditions : rule.alternatives()) {
                    add(branches, abis, name, new Decision.Branch(conditions, rule.action()));
                }
                if (rule.conditions().isEmpty() && abis.contains(Abi.X86)) {
                    Multiplexer.of(Abi.X86, name)
                            .ifPresent(way -> add(
                                    branches,
                                    abis,
                                    way.through(),
                                    new Decision.Branch(List.of(way.condition()), rule.action())));
                }
            }
        }
        return branches;
    }

    private static void add(
            Map<Integer, List<Decision.Branch>> branches, Set<Abi> abis, String name, Decision.Branch branch) {
        abis.stream()
                .map(abi -> SyscallTable.number(abi, name))
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .distinct()
                .forEach(number ->
                        branches.computeIfAbsent(number, _ -> new ArrayList<>()).add(branch));
    }

    /** Per audit architecture, the machine's native one first. */
    Map<Integer, Numbers> byAudit() {
        return byAudit;
    }

    /** @param arguments six */
    Action of(int audit, int number, long... arguments) {
        Numbers numbers = byAudit.get(audit);
        return numbers == null ? FOREIGN : numbers.of(number & WORD).of(arguments);
    }
}
