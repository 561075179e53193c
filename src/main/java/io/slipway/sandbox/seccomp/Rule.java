package io.slipway.sandbox.seccomp;

import java.util.List;
import java.util.Optional;

/**
 * What is done with some calls.
 *
 * @param conditions all must hold; but when one argument comes twice, each is an alternative of its own, as runc and crun have it
 * @param scope of Docker's profiles: for which containers the rule is there at all
 */
public record Rule(List<String> names, Action action, List<Condition> conditions, Optional<Scope> scope) {
    public Rule {
        names = List.copyOf(names);
        conditions = List.copyOf(conditions);
    }

    /** Any of these makes the rule hold: all conditions of the one. */
    List<List<Condition>> alternatives() {
        long arguments =
                conditions.stream().mapToInt(Condition::index).distinct().count();
        return arguments == conditions.size()
                ? List.of(conditions)
                : conditions.stream().map(List::of).toList();
    }
}
