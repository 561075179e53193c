package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.HashMap;
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
 */
final class Decisions {
    private static final Action FOREIGN = Action.of(Action.Kind.KILL_PROCESS);
    private static final long NUMBERS = 1L << 32;
    /** What a tracer sets to pass over a call: never one of x32's. */
    private static final long NO_CALL = 0xffffffffL;

    private final Map<Integer, NavigableMap<Long, Decision>> byAudit = new LinkedHashMap<>();

    private Decisions() {}

    static Decisions of(Profile profile, Target target) {
        Decisions decisions = new Decisions();
        List<Rule> rules = profile.rules(target);
        Set<Abi> abis = profile.abis();
        Abi machine = target.machine();
        for (Abi abi : machine.family()) {
            if (abi == machine || abis.contains(abi)) {
                decisions.audit(abi).putAll(numbers(abi, rules, profile.defaultAction()));
            } else if (abi == Abi.X32) {
                decisions.audit(abi).put((long) abi.base(), Decision.always(FOREIGN));
            }
        }
        Decision defaultDecision = Decision.always(profile.defaultAction());
        decisions.audit(machine).put(NO_CALL, defaultDecision);
        decisions.byAudit.values().forEach(Decisions::merge);
        return decisions;
    }

    private NavigableMap<Long, Decision> audit(Abi abi) {
        return byAudit.computeIfAbsent(abi.audit(), _ -> new TreeMap<>());
    }

    private static Map<Long, Decision> numbers(Abi abi, List<Rule> rules, Action defaultAction) {
        NavigableMap<Integer, List<Decision.Branch>> branches = branches(abi, rules);
        Map<Long, Decision> numbers = new HashMap<>();
        long base = abi.base();
        Decision defaultDecision = Decision.always(defaultAction);
        numbers.put(base, defaultDecision);
        branches.forEach((number, list) -> {
            numbers.put(base + number, Decision.of(list, defaultAction));
            if (!branches.containsKey(number + 1)) {
                numbers.put(base + number + 1, defaultDecision);
            }
        });
        if (!branches.isEmpty() && !defaultAction.lets()) {
            numbers.put(base + branches.lastKey() + 1, Decision.always(Action.errno(Action.ENOSYS)));
        }
        return numbers;
    }

    private static NavigableMap<Integer, List<Decision.Branch>> branches(Abi abi, List<Rule> rules) {
        NavigableMap<Integer, List<Decision.Branch>> branches = new TreeMap<>();
        for (Rule rule : rules) {
            for (String name : rule.names()) {
                for (List<Condition> conditions : rule.alternatives()) {
                    add(branches, abi, name, new Decision.Branch(conditions, rule.action()));
                }
                if (rule.conditions().isEmpty()) {
                    Multiplexer.of(abi, name)
                            .ifPresent(way -> add(
                                    branches,
                                    abi,
                                    way.through(),
                                    new Decision.Branch(List.of(way.condition()), rule.action())));
                }
            }
        }
        return branches;
    }

    private static void add(
            Map<Integer, List<Decision.Branch>> branches, Abi abi, String name, Decision.Branch branch) {
        OptionalInt number = SyscallTable.number(abi, name);
        if (number.isPresent()) {
            branches.computeIfAbsent(number.getAsInt(), _ -> new ArrayList<>()).add(branch);
        }
    }

    private static void merge(NavigableMap<Long, Decision> numbers) {
        Decision before = null;
        for (Long start : List.copyOf(numbers.keySet())) {
            Decision here = numbers.get(start);
            if (here != null && here.equals(before)) {
                numbers.remove(start);
            }
            before = here;
        }
    }

    /** Per audit architecture, the machine's native one first: the decisions by their first number, from 0. */
    Map<Integer, NavigableMap<Long, Decision>> byAudit() {
        return byAudit;
    }

    /** @param arguments six */
    Action of(int audit, int number, long... arguments) {
        NavigableMap<Long, Decision> numbers = byAudit.get(audit);
        return numbers == null
                ? FOREIGN
                : numbers.floorEntry(number & (NUMBERS - 1)).getValue().of(arguments);
    }
}
