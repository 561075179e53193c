package io.slipway.sandbox.seccomp;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which system calls may be made: the seccomp section of an OCI configuration (runtime-spec 1.2, config-linux.md), with the conditional
 * rules of Docker's profiles.
 *
 * <p>For a call the first unconditional rule counts; if there is none, the first whose conditions hold; else the default. Rules whose action is
 * the default are passed over, as by runc and crun.
 *
 * @param abis besides the machine's native one; through any other a process is killed
 * @param flags of seccomp(2): SECCOMP_FILTER_FLAG_LOG (2), SECCOMP_FILTER_FLAG_SPEC_ALLOW (4), SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (32)
 * @param listener who decides calls whose action is {@link Action.Kind#NOTIFY}; empty if there is nobody
 */
public record Profile(Action defaultAction, Set<Abi> abis, int flags, List<Rule> rules, Optional<Listener> listener) {
    static final int NEW_LISTENER = 8;
    static final int WAIT_KILLABLE = 32;

    /**
     * A supervisor of calls.
     *
     * @param socket a Unix one at which it listens, of type SOCK_STREAM
     * @param metadata handed on to it as it is; empty if there is none
     */
    public record Listener(String socket, Optional<String> metadata) {}

    /** Without a supervisor. */
    Profile(Action defaultAction, Set<Abi> abis, int flags, List<Rule> rules) {
        this(defaultAction, abis, flags, rules, Optional.empty());
    }

    public Profile {
        abis = abis.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(abis));
        rules = List.copyOf(rules);
    }

    /** Equal in effect to Docker's. */
    public static Profile standard() {
        return Standard.PROFILE;
    }

    /** The rules that are there for a container. */
    List<Rule> rules(Target target) {
        return rules.stream()
                .filter(rule -> rule.scope().map(scope -> scope.covers(target)).orElse(true))
                .toList();
    }

    /** Who is to be asked about a container's calls; empty if no rule asks anybody. */
    Optional<Listener> listener(Target target) {
        return rules(target).stream().map(Rule::action).anyMatch(Profile::asks) || asks(defaultAction)
                ? listener
                : Optional.empty();
    }

    static boolean asks(Action action) {
        return action.kind() == Action.Kind.NOTIFY;
    }

    /** Of a filter with, or without, a supervisor: the kernel refuses one that says how to wait for none. */
    int flags(boolean supervised) {
        return supervised ? flags | NEW_LISTENER : flags & ~WAIT_KILLABLE;
    }

    /** Names that are no system call known here. They are ignored, as by libseccomp: a profile may be newer than the table, or older. */
    public Set<String> unknownNames() {
        Set<String> unknown = new TreeSet<>();
        rules.forEach(rule -> unknown.addAll(rule.names()));
        unknown.removeAll(SyscallTable.names());
        return unknown;
    }

    /** Read when first needed. */
    private static final class Standard {
        static final Profile PROFILE = ProfileReader.read(Resource.text("default.json"));
    }
}
