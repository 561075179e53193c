package io.slipway.sandbox.doctor;

import io.slipway.linux.CallResult;
import io.slipway.linux.KernelProbe;
import io.slipway.linux.KernelProbe.Tried;
import io.slipway.sandbox.doctor.Doctor.Check;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The kernel and its calls. */
final class KernelChecks {
    private static final String AREA = "kernel";
    private static final String NEWER = "a newer kernel, e.g. the distribution's current one";

    private KernelChecks() {}

    static List<Check> all(Doctor.Host host) {
        return List.of(
                Check.of(AREA, "version", KernelChecks::version),
                Check.of(AREA, "clone3", KernelChecks::clone3),
                Check.of(
                        AREA,
                        "openat2",
                        () -> List.of(call(
                                "openat2",
                                KernelProbe.openat2(),
                                "images cannot be unpacked and volumes not be mounted safely"))),
                Check.of(
                        AREA,
                        "pidfd",
                        () -> List.of(call(
                                "pidfd", KernelProbe.pidfd(), "processes cannot be signalled without mistaking them"))),
                Check.of(AREA, "exit by pidfd", KernelChecks::exitByPidfd),
                Check.of(AREA, "pressure (PSI)", KernelChecks::pressure));
    }

    private static List<Finding> version() {
        String architecture = System.getProperty("os.arch", "");
        String found = "Linux " + Doctor.text("/proc/sys/kernel/osrelease") + ", " + architecture;
        boolean known = List.of("amd64", "aarch64").contains(architecture);
        return List.of(
                known
                        ? Finding.good(AREA, "version", found)
                        : Finding.missing(AREA, "version", found, "a machine with an x86-64 or aarch64 processor"));
    }

    private static List<Finding> clone3() throws IOException {
        try (Trial trial = new Trial(0)) {
            CallResult clone = trial.run(child -> {}).getFirst();
            return List.of(
                    clone.failed()
                            ? Finding.missing(
                                    AREA,
                                    "clone3",
                                    "clone3: " + clone.errnoName(),
                                    "Linux 5.7 or newer, and no seccomp filter around Slipway that refuses clone3")
                            : Finding.good(
                                    AREA, "clone3", String.format(Locale.ROOT, "a child in %.0f µs", clone.micros())));
        }
    }

    private static List<Finding> exitByPidfd() {
        Tried tried = KernelProbe.exitFromPidfd();
        return List.of(
                tried.done()
                        ? Finding.good(AREA, "exit by pidfd", "PIDFD_GET_INFO with PIDFD_INFO_EXIT")
                        : Finding.limited(
                                AREA,
                                "exit by pidfd",
                                "PIDFD_GET_INFO: " + tried.text(),
                                "nothing that matters: the containers' own pid 1 writes down how they ended",
                                "Linux 6.15 or newer, if it is wanted"));
    }

    private static List<Finding> pressure() {
        String memory = Doctor.text("/proc/pressure/memory");
        return List.of(
                memory.isEmpty()
                        ? Finding.limited(
                                AREA,
                                "pressure (PSI)",
                                "/proc/pressure/memory cannot be read",
                                "stats show no pressure",
                                "boot with psi=1, or a kernel built with CONFIG_PSI")
                        : Finding.good(
                                AREA,
                                "pressure (PSI)",
                                memory.lines().findFirst().orElse("")));
    }

    private static Finding call(String name, Tried tried, String without) {
        return tried.done()
                ? Finding.good(AREA, name, "works")
                : new Finding(AREA, name, Finding.State.MISSING, name + ": " + tried.text(), without, NEWER);
    }
}
