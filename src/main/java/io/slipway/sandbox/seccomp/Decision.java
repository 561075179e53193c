package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.List;

/**
 * What is decided of one system call.
 *
 * @param branches tried in turn; the first whose conditions all hold decides
 * @param otherwise when none does
 */
record Decision(List<Branch> branches, Action otherwise) {
    /** @param conditions none means always */
    record Branch(List<Condition> conditions, Action action) {}

    Decision {
        branches = List.copyOf(branches);
    }

    static Decision always(Action action) {
        return new Decision(List.of(), action);
    }

    /** An unconditional branch counts before all others, wherever it stands, as in libseccomp; one with the default action never counts. */
    static Decision of(List<Branch> branches, Action defaultAction) {
        List<Branch> kept = new ArrayList<>();
        for (Branch branch : branches) {
            boolean inVain = branch.action.equals(defaultAction);
            if (branch.conditions.isEmpty() && !inVain) {
                return always(branch.action);
            } else if (!inVain) {
                kept.add(branch);
            }
        }
        return new Decision(kept, defaultAction);
    }

    Action of(long... arguments) {
        for (Branch branch : branches) {
            if (branch.conditions.stream().allMatch(it -> it.holds(arguments[it.index()]))) {
                return branch.action;
            }
        }
        return otherwise;
    }
}
