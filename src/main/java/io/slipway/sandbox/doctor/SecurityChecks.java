package io.slipway.sandbox.doctor;

import io.slipway.linux.Argument;
import io.slipway.linux.CallResult;
import io.slipway.linux.KernelProbe;
import io.slipway.linux.KernelProbe.Tried;
import io.slipway.linux.SyscallNumber;
import io.slipway.sandbox.doctor.Doctor.Check;
import java.io.IOException;
import java.util.List;

/** What keeps a container's root from being the host's. */
final class SecurityChecks {
    private static final String AREA = "security";
    private static final int SECCOMP_RET_ERRNO = 0x00050000;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int JOIN_SESSION_KEYRING = 1;

    private SecurityChecks() {}

    static List<Check> all(Doctor.Host host) {
        return List.of(
                Check.of(AREA, "seccomp", () -> List.of(seccomp())),
                Check.of(AREA, "no_new_privs", () -> List.of(noNewPrivileges())),
                Check.of(AREA, "session keyring", () -> List.of(keyring())),
                Check.of(AREA, "security modules", () -> List.of(modules())));
    }

    private static Finding seccomp() {
        Tried tried = KernelProbe.seccompAction(SECCOMP_RET_ERRNO);
        return tried.done()
                ? Finding.good(AREA, "seccomp", "filters: " + Doctor.text("/proc/sys/kernel/seccomp/actions_avail"))
                : Finding.limited(
                        AREA,
                        "seccomp",
                        "seccomp: " + tried.text(),
                        "containers may make any system call",
                        "a kernel with CONFIG_SECCOMP_FILTER");
    }

    private static Finding noNewPrivileges() throws IOException {
        try (Trial trial = new Trial(0)) {
            Argument zero = Argument.number(0);
            trial.call(SyscallNumber.PRCTL, Argument.number(PR_SET_NO_NEW_PRIVS), Argument.number(1), zero, zero, zero);
            CallResult last = trial.run(child -> {}).getLast();
            return last.call().equals("prctl") && !last.failed()
                    ? Finding.good(AREA, "no_new_privs", "can be set")
                    : Finding.missing(AREA, "no_new_privs", "prctl: " + last.errnoName(), "Linux 3.5 or newer");
        }
    }

    private static Finding keyring() throws IOException {
        try (Trial trial = new Trial(0)) {
            trial.call(SyscallNumber.KEYCTL, Argument.number(JOIN_SESSION_KEYRING), Argument.none());
            CallResult last = trial.run(child -> {}).getLast();
            return last.call().equals("keyctl") && !last.failed()
                    ? Finding.good(AREA, "session keyring", "a new one can be joined")
                    : Finding.missing(
                            AREA,
                            "session keyring",
                            "keyctl: " + last.errnoName(),
                            "a kernel with CONFIG_KEYS; or raise kernel.keys.maxkeys, if it says EDQUOT");
        }
    }

    private static Finding modules() {
        String modules = Doctor.text("/sys/kernel/security/lsm");
        String found = modules.isEmpty() ? "not told (/sys/kernel/security is not mounted)" : modules;
        return Finding.good(AREA, "security modules", found + "; Slipway sets no profile of AppArmor or SELinux");
    }
}
