package io.slipway.sandbox.seccomp;

import io.slipway.sandbox.seccomp.Decision.Branch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Compiles decisions to classic BPF: by architecture, then by halving the numbers, then by arguments. The same decisions give the same bytes.
 *
 * <p>Only operations that the kernel's own look at a filter knows (kernel/seccomp.c, {@code seccomp_is_const_allow}) come before arguments are read, so
 * that calls which are always allowed are let through by a bitmap, without a run of the filter, from Linux 5.11 on.
 */
final class Compiler {
    /** BPF_MAXINSNS of include/uapi/linux/bpf_common.h. */
    private static final int INSTRUCTIONS_MAX = 4096;

    private static final int NUMBER = 0;
    private static final int AUDIT = 4;
    private static final int ARGUMENTS = 16;
    private static final long WORD = 0xffffffffL;

    private final Assembler out = new Assembler();
    private final Map<Decision, Integer> written = new HashMap<>();

    private Compiler() {}

    static byte[] compile(Decisions decisions) {
        Compiler compiler = new Compiler();
        compiler.program(decisions);
        if (compiler.out.size() > INSTRUCTIONS_MAX) {
            throw new InvalidProfile("it compiles to " + compiler.out.size() + " instructions, but the kernel takes "
                    + INSTRUCTIONS_MAX + " at most; use fewer conditions on arguments");
        }
        return compiler.out.bytes();
    }

    private void program(Decisions decisions) {
        int at = out.ret(Action.of(Action.Kind.KILL_PROCESS).code());
        // Written last, and so nearest to the beginning: the machine's own.
        for (Map.Entry<Integer, Decisions.Numbers> audit :
                List.copyOf(decisions.byAudit().entrySet()).reversed()) {
            int section = section(audit.getValue());
            at = out.jump(Assembler.JUMP_IF_EQUAL, audit.getKey(), section, at);
        }
        out.begin(out.load(AUDIT, at));
    }

    private int section(Decisions.Numbers numbers) {
        Spans spans = new Spans();
        numbers.starts().forEach((start, decision) -> spans.add(start, decision(decision)));
        if (spans.single()) {
            return spans.last();
        }
        int search = spans.search(out);
        return out.load(NUMBER, numbers.mask() == WORD ? search : out.and((int) numbers.mask(), search));
    }

    private int decision(Decision decision) {
        if (decision.branches().isEmpty()) {
            return out.ret(decision.otherwise().code());
        }
        Integer place = written.get(decision);
        if (place == null) {
            place = branches(decision);
            written.put(decision, place);
        }
        return place;
    }

    private int branches(Decision decision) {
        int next = out.ret(decision.otherwise().code());
        List<Branch> rest = new ArrayList<>(decision.branches());
        while (!rest.isEmpty()) {
            List<Branch> row = row(rest);
            if (row.isEmpty()) {
                next = all(rest.removeLast(), next);
            } else {
                next = divide(row, next);
                rest.subList(rest.size() - row.size(), rest.size()).clear();
            }
        }
        return next;
    }

    /** The last branches that compare one and the same argument only, and not under a mask: together they divide its values. */
    private static List<Branch> row(List<Branch> branches) {
        int index = branches.getLast().conditions().getFirst().index();
        int from = branches.size();
        while (from > 0 && divides(branches.get(from - 1), index)) {
            from--;
        }
        return List.copyOf(branches.subList(from, branches.size()));
    }

    private static boolean divides(Branch branch, int index) {
        Condition first = branch.conditions().getFirst();
        return branch.conditions().size() == 1 && first.index() == index && first.operator() != Operator.MASKED_EQ;
    }

    private int all(Branch branch, int otherwise) {
        int at = out.ret(branch.action().code());
        for (Condition condition : branch.conditions().reversed()) {
            at = condition.operator() == Operator.MASKED_EQ
                    ? masked(condition, at, otherwise)
                    : divide(condition.index(), List.of(condition), List.of(at), otherwise);
        }
        return at;
    }

    private int divide(List<Branch> row, int otherwise) {
        List<Condition> conditions =
                row.stream().map(branch -> branch.conditions().getFirst()).toList();
        List<Integer> places =
                row.stream().map(branch -> out.ret(branch.action().code())).toList();
        return divide(conditions.getFirst().index(), conditions, places, otherwise);
    }

    private int masked(Condition condition, int yes, int no) {
        int low = half(low(condition.index()), (int) condition.value(), (int) condition.valueTwo(), yes, no);
        int high = high(condition.index());
        return half(high, (int) (condition.value() >>> 32), (int) (condition.valueTwo() >>> 32), low, no);
    }

    private int half(int offset, int mask, int value, int yes, int no) {
        if (mask == 0) {
            return value == 0 ? yes : no;
        }
        int compare = out.jump(Assembler.JUMP_IF_EQUAL, value, yes, no);
        return out.load(offset, mask == -1 ? compare : out.and(mask, compare));
    }

    /** Goes to the place of the first condition that holds for an argument's value: by its upper half, then by its lower one. */
    private int divide(int index, List<Condition> conditions, List<Integer> places, int otherwise) {
        TreeSet<Long> bounds = new TreeSet<>(Long::compareUnsigned);
        bounds.add(0L);
        for (Condition condition : conditions) {
            bounds.add(condition.value());
            bounds.add(condition.value() + 1);
        }
        Spans upper = new Spans();
        while (!bounds.isEmpty()) {
            long half = bounds.first() >>> 32;
            if (bounds.first() << 32 != 0) {
                bounds.add(half << 32);
            }
            Spans lower = new Spans();
            while (!bounds.isEmpty() && bounds.first() >>> 32 == half) {
                long value = bounds.removeFirst();
                lower.add(value & WORD, first(value, conditions, places, otherwise));
            }
            upper.add(half, lower.single() ? lower.last() : out.load(low(index), lower.search(out)));
            if (half != WORD && (bounds.isEmpty() || bounds.first() >>> 32 != half + 1)) {
                upper.add(half + 1, lower.last());
            }
        }
        return upper.single() ? upper.last() : out.load(high(index), upper.search(out));
    }

    private static int first(long value, List<Condition> conditions, List<Integer> places, int otherwise) {
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.get(i).holds(value)) {
                return places.get(i);
            }
        }
        return otherwise;
    }

    private static int low(int index) {
        return ARGUMENTS + 8 * index;
    }

    private static int high(int index) {
        return low(index) + 4;
    }
}
