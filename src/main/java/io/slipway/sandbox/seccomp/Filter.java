package io.slipway.sandbox.seccomp;

import io.slipway.linux.Argument;
import io.slipway.linux.FlagNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A profile compiled for a container: what seccomp(2) is given. */
public final class Filter {
    private static final int INSTRUCTION_BYTES = 8;

    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SOCK_FPROG_BYTES = 16;
    private static final int SOCK_FPROG_POINTER = 8;

    private final byte[] program;
    private final int flags;
    private final String shown;
    private final Argument header;
    private final Optional<Profile.Listener> listener;

    Filter(byte[] program, int flags, String shown) {
        this(program, flags, shown, Optional.empty());
    }

    private Filter(byte[] program, int flags, String shown, Optional<Profile.Listener> listener) {
        this.program = program;
        this.listener = listener;
        this.flags = flags;
        this.shown = shown;
        byte[] length = ByteBuffer.allocate(SOCK_FPROG_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) instructions())
                .array();
        header = Argument.pointing(length, SOCK_FPROG_POINTER, program, shown);
    }

    /** @throws InvalidProfile if it is too long for the kernel, or forbids what every container needs */
    public static Filter of(Profile profile, Target target) {
        Decisions decisions = Decisions.of(profile, target);
        PidOneCalls.check(decisions, target.machine());
        return of(profile, target, decisions);
    }

    /** For a process that has no pid 1 of ours: what it forbids of its own start is found out there. */
    public static Filter withoutPidOne(Profile profile, Target target) {
        return of(profile, target, Decisions.of(profile, target));
    }

    private static Filter of(Profile profile, Target target, Decisions decisions) {
        byte[] program = Compiler.compile(decisions);
        Optional<Profile.Listener> listener = profile.listener(target);
        return new Filter(
                program,
                profile.flags(listener.isPresent()),
                shown(program, profile, decisions, target.machine()),
                listener);
    }

    /** To whom the descriptor must be handed that its installation returns; empty if it returns none. */
    public Optional<Profile.Listener> listener() {
        return listener;
    }

    /** Of seccomp(2), whose caller needs no_new_privs or CAP_SYS_ADMIN. */
    public Argument[] arguments() {
        return new Argument[] {
            Argument.flags(SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"),
            Argument.flags(flags, FlagNames.SECCOMP),
            header
        };
    }

    /** An array of {@code struct sock_filter} (include/uapi/linux/filter.h). */
    public byte[] program() {
        return program.clone();
    }

    /** At most 4096. */
    public int instructions() {
        return program.length / INSTRUCTION_BYTES;
    }

    /** For people, e.g. <code>{len=412, default ERRNO 1, 330 allowed, 3 by argument}</code>. */
    public String shown() {
        return shown;
    }

    private static String shown(byte[] program, Profile profile, Decisions decisions, Abi machine) {
        int allowed = 0;
        int byArgument = 0;
        Decisions.Numbers numbers =
                Optional.ofNullable(decisions.byAudit().get(machine.audit())).orElseThrow();
        for (String name : SyscallTable.names()) {
            int number = SyscallTable.number(machine, name).orElse(-1);
            if (number >= 0) {
                Decision decision = numbers.of(number);
                byArgument += decision.branches().isEmpty() ? 0 : 1;
                allowed += decision.branches().isEmpty() && decision.otherwise().lets() ? 1 : 0;
            }
        }
        return "{len=" + program.length / INSTRUCTION_BYTES + ", default "
                + profile.defaultAction().shown() + ", " + allowed + " allowed, " + byArgument + " by argument}";
    }
}
