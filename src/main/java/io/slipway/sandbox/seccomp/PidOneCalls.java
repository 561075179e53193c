package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a container must be able to do whatever its profile: a filter is inherited, so it holds for the calls between its installation and the
 * application's first instruction, and for those of the pid 1 ({@code io.slipway.linux.PidOne}) while the application runs.
 */
final class PidOneCalls {
    private static final long STATUS_DESCRIPTOR = 3;
    private static final long VM_VFORK_SIGCHLD = 0x100 | 0x4000 | 17;
    private static final long ALL_DESCRIPTORS = 0xffffffffL;
    private static final long SIG_SETMASK = 2;
    private static final long AT_EMPTY_PATH = 0x1000;
    private static final long SIGSET_BYTES = 8;

    /** Arguments that are addresses, and the descriptor of the pid 1, are given as 0. */
    private static final List<Map.Entry<String, long[]>> CALLS = List.of(
            Map.entry("execveat", new long[] {0, 0, 0, 0, AT_EMPTY_PATH, 0}),
            Map.entry("clone", new long[] {VM_VFORK_SIGCHLD, 0, 0, 0, 0, 0}),
            Map.entry("close_range", new long[] {STATUS_DESCRIPTOR, ALL_DESCRIPTORS, 0, 0, 0, 0}),
            Map.entry("rt_sigprocmask", new long[] {SIG_SETMASK, 0, 0, SIGSET_BYTES, 0, 0}),
            Map.entry("execve", new long[] {0, 0, 0, 0, 0, 0}),
            Map.entry("write", new long[] {STATUS_DESCRIPTOR, 0, 0, 0, 0, 0}),
            Map.entry("wait4", new long[] {-1, 0, 0, 0, 0, 0}),
            Map.entry("exit_group", new long[] {0, 0, 0, 0, 0, 0}));

    private PidOneCalls() {}

    /** @throws InvalidProfile naming all that it forbids */
    static void check(Decisions decisions, Abi machine) {
        List<String> forbidden = new ArrayList<>();
        for (Map.Entry<String, long[]> call : CALLS) {
            OptionalInt number = SyscallTable.number(machine, call.getKey());
            Action action = decisions.of(machine.audit(), number.orElseThrow(), call.getValue());
            if (!action.lets()) {
                forbidden.add(call.getKey() + " (" + action.shown() + ")");
            }
        }
        if (!forbidden.isEmpty()) {
            throw new InvalidProfile("it forbids " + String.join(", ", forbidden)
                    + ", without which no container can be started, nor its exit be known; allow "
                    + (forbidden.size() == 1 ? "it" : "them") + " with SCMP_ACT_ALLOW or SCMP_ACT_LOG");
        }
    }
}
