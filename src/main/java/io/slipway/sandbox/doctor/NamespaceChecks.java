package io.slipway.sandbox.doctor;

import io.slipway.linux.Argument;
import io.slipway.linux.CallResult;
import io.slipway.linux.Errno;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.sandbox.TimeNamespaces;
import io.slipway.sandbox.doctor.Doctor.Check;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Namespaces, each tried by a child that is born in it. */
final class NamespaceChecks {
    private static final String AREA = "namespaces";
    private static final Map<String, Long> FLAGS = flags();

    private NamespaceChecks() {}

    static List<Check> all(Doctor.Host host) {
        List<Check> checks = new ArrayList<>();
        checks.add(Check.of(AREA, "user", () -> List.of(user(host))));
        FLAGS.forEach((name, flag) -> checks.add(Check.of(AREA, name, () -> List.of(own(host, name, flag)))));
        checks.add(Check.of(AREA, "cgroup", () -> List.of(cgroup(host))));
        checks.add(Check.of(AREA, "time", () -> List.of(time(host))));
        return checks;
    }

    private static Finding user(Doctor.Host host) throws IOException {
        try (Trial trial = new Trial(Spawn.NEWUSER)) {
            CallResult clone = trial.runMapped(host.root(), host.uid(), host.gid(), child -> {})
                    .getFirst();
            if (!clone.failed()) {
                return Finding.good(AREA, "user", "at most " + most("user") + " of them");
            }
            return Finding.limited(
                    AREA,
                    "user",
                    "clone3 with CLONE_NEWUSER: " + Errno.describe((int) -clone.result()),
                    "containers run only without a user namespace: their root is the host's, with fewer rights",
                    mendUser());
        }
    }

    /** Which of the switches that distributions have is off. */
    private static String mendUser() {
        if (most("user").equals("0")) {
            return "sysctl user.max_user_namespaces=10000";
        }
        if (Doctor.text("/proc/sys/kernel/unprivileged_userns_clone").equals("0")) {
            return "sysctl kernel.unprivileged_userns_clone=1, or run as root";
        }
        if (Doctor.text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                .equals("1")) {
            return "run as root, or sysctl kernel.apparmor_restrict_unprivileged_userns=0";
        }
        return "a kernel built with CONFIG_USER_NS; around Slipway no seccomp filter that refuses CLONE_NEWUSER";
    }

    private static Finding own(Doctor.Host host, String name, long flag) throws IOException {
        // Whoever is not root may make them only below a user namespace of his own.
        try (Trial trial = new Trial(host.root() ? flag : flag | Spawn.NEWUSER)) {
            CallResult clone = trial.run(child -> {}).getFirst();
            String kernelName = name.equals("mount") ? "mnt" : name.equals("network") ? "net" : name;
            if (!clone.failed()) {
                return Finding.good(AREA, name, "at most " + most(kernelName) + " of them");
            }
            String found = "clone3: " + Errno.describe((int) -clone.result());
            return host.root()
                    ? Finding.missing(
                            AREA,
                            name,
                            found,
                            "sysctl user.max_" + kernelName + "_namespaces=10000, or a kernel built with it")
                    : Finding.unknown(AREA, name, found);
        }
    }

    private static Finding cgroup(Doctor.Host host) throws IOException {
        CallResult last = unshared(host, Spawn.NEWCGROUP, "CLONE_NEWCGROUP");
        if (made(last)) {
            return Finding.good(AREA, "cgroup", "at most " + most("cgroup") + " of them");
        }
        String found = last.call() + ": " + last.errnoName();
        return host.root()
                ? Finding.missing(AREA, "cgroup", found, "a kernel built with CONFIG_CGROUPS")
                : Finding.unknown(AREA, "cgroup", found);
    }

    private static Finding time(Doctor.Host host) throws IOException {
        CallResult last = unshared(host, Spawn.NEWTIME, "CLONE_NEWTIME");
        Optional<String> tooOld = TimeNamespaces.missing();
        if (made(last) && tooOld.isPresent()) {
            return Finding.limited(
                    AREA,
                    "time",
                    tooOld.get(),
                    "all containers have the clocks of the host: --time-offset is refused",
                    "Linux 6.3 or later");
        }
        return made(last)
                ? Finding.good(AREA, "time", "at most " + most("time") + " of them")
                : Finding.limited(
                        AREA,
                        "time",
                        last.call() + ": " + last.errnoName(),
                        "all containers have the clocks of the host: --time-offset is refused",
                        most("time").equals("0")
                                ? "sysctl user.max_time_namespaces=10000"
                                : "Linux 5.6 or later, built with CONFIG_TIME_NS");
    }

    /** The last call of a child that makes one for itself. */
    private static CallResult unshared(Doctor.Host host, long flag, String name) throws IOException {
        try (Trial trial = new Trial(host.root() ? 0 : Spawn.NEWUSER)) {
            trial.call(SyscallNumber.UNSHARE, Argument.flags(flag, name));
            return trial.run(child -> {}).getLast();
        }
    }

    private static boolean made(CallResult last) {
        return last.call().equals("unshare") && !last.failed();
    }

    private static String most(String kernelName) {
        String most = Doctor.text("/proc/sys/user/max_" + kernelName + "_namespaces");
        return most.isEmpty() ? "?" : most;
    }

    private static Map<String, Long> flags() {
        Map<String, Long> flags = new LinkedHashMap<>();
        flags.put("pid", Spawn.NEWPID);
        flags.put("mount", Spawn.NEWNS);
        flags.put("network", Spawn.NEWNET);
        flags.put("uts", Spawn.NEWUTS);
        flags.put("ipc", Spawn.NEWIPC);
        return flags;
    }
}
