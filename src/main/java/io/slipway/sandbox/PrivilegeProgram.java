package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.sandbox.seccomp.Filter;
import java.util.Optional;

/** Takes from a process what it must not have once it executes something of an image. Its last steps but the descriptors and the exec. */
final class PrivilegeProgram {
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;

    private final Calls calls;

    PrivilegeProgram(Calls calls) {
        this.calls = calls;
    }

    void drop(Privileges privileges, Accounts.User user) {
        calls.purpose(Purpose.PRIVILEGES);
        CapabilitySets sets = CapabilitySets.of(privileges, user.uid());
        // While it may still do so: SETPCAP goes with the user.
        bound(sets.bounding());
        calls.prctl(PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS", 1, "1");
        calls.identity(user.uid(), user.gid(), user.groups());
        set(sets);
    }

    /**
     * Appends the installation of the seccomp filter: immediately before an exec, as it holds for all that comes after it. With no_new_privs it
     * needs no capability.
     */
    Runnable filter(Privileges privileges) {
        Optional<Argument[]> filter =
                privileges.seccomp().filter(privileges.capabilities()).map(Filter::arguments);
        return () -> filter.ifPresent(it -> {
            calls.purpose(Purpose.PRIVILEGES);
            calls.call(SyscallNumber.SECCOMP, it);
            calls.purpose(Purpose.PID_ONE);
        });
    }

    /** Drops from the bounding set what is not kept. */
    void bound(long kept) {
        for (int capability = 0; capability < Capabilities.count(); capability++) {
            if ((kept >>> capability & 1) == 0) {
                // A kernel that is older than a capability refuses its number.
                calls.prctl(PR_CAPBSET_DROP, "PR_CAPBSET_DROP", capability, Capabilities.name(capability))
                        .mayFail();
            }
        }
    }

    /** Effective, permitted and inheritable. */
    void set(CapabilitySets sets) {
        calls.call(
                SyscallNumber.CAPSET,
                Argument.bytes(CapabilitySets.header(), "{version=_LINUX_CAPABILITY_VERSION_3, pid=0}"),
                Argument.bytes(sets.data(), sets.shown()));
    }
}
