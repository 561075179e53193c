package io.slipway.sandbox.doctor;

import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at what this machine offers to containers, by trying it. Nothing is changed, and nothing is left: what must be made for a try is made in
 * namespaces that end with it.
 */
public final class Doctor {
    private final Host host;
    private final Path dataDirectory;
    private final List<Integer> ports;

    /**
     * @param dataDirectory where images and containers are to lie; need not be there
     * @param ports that are to be listened on, on loopback
     */
    public Doctor(Path dataDirectory, List<Integer> ports) throws IOException {
        host = Host.here();
        this.dataDirectory = dataDirectory;
        this.ports = List.copyOf(ports);
    }

    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        List<Check> checks = new ArrayList<>(KernelChecks.all(host));
        checks.addAll(NamespaceChecks.all(host));
        checks.addAll(CgroupChecks.all(host));
        checks.addAll(FileChecks.all(host, dataDirectory));
        checks.addAll(SecurityChecks.all(host));
        checks.addAll(NetworkChecks.all(host, ports));
        checks.addAll(HostChecks.all(host, dataDirectory));
        for (Check check : checks) {
            findings.addAll(check.made());
        }
        return findings;
    }

    /** Whether a container can be run: nothing is missing. */
    public static boolean canRun(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.state() == Finding.State.MISSING);
    }

    /** One or more things that are looked at together. */
    record Check(String area, String subject, Look look) {
        List<Finding> made() {
            try {
                return look.at();
            } catch (IOException e) {
                // What cannot be looked at is no reason not to look at the rest.
                return List.of(Finding.unknown(area, subject, "could not be looked at: " + e.getMessage()));
            }
        }

        static Check of(String area, String subject, Look look) {
            return new Check(area, subject, look);
        }
    }

    /** A look that may fail. */
    interface Look {
        List<Finding> at() throws IOException;
    }

    /**
     * Who looks.
     *
     * @param root whether as uid 0 of the host's user namespace, or of one
     * @param capabilities effective, a bit each (capabilities(7))
     */
    record Host(int uid, int gid, boolean root, long capabilities) {
        static Host here() throws IOException {
            int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            int gid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
            String effective = text("/proc/self/status")
                    .lines()
                    .filter(line -> line.startsWith("CapEff:"))
                    .findFirst()
                    .orElse("CapEff:\t0");
            return new Host(
                    uid,
                    gid,
                    uid == 0,
                    Long.parseUnsignedLong(effective.substring(7).strip(), 16));
        }

        boolean has(int capability) {
            return (capabilities >>> capability & 1) == 1;
        }
    }

    /** A file of the kernel; empty when it is not there or not for us. */
    static String text(String path) {
        try {
            return io.slipway.linux.Syscalls.read(Path.of(path), 64 * 1024).strip();
        } catch (SyscallException e) {
            return "";
        }
    }
}
