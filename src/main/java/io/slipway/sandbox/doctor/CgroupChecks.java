package io.slipway.sandbox.doctor;

import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.doctor.Doctor.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Control groups: where each controller is, and whether groups can be made and limited there. */
final class CgroupChecks {
    private static final String AREA = "cgroups";
    private static final Map<String, String> OFF = off();

    private CgroupChecks() {}

    static List<Check> all(Doctor.Host host) {
        return List.of(Check.of(AREA, "hierarchies", () -> look(host)));
    }

    private static List<Finding> look(Doctor.Host host) {
        Map<String, Path> first = firstVersion();
        Optional<Path> unified = unified();
        List<Finding> findings = new ArrayList<>();
        if (first.isEmpty() && unified.isEmpty()) {
            return List.of(Finding.missing(
                    AREA, "hierarchies", "no cgroup file system is mounted", "mount -t cgroup2 none /sys/fs/cgroup"));
        }
        List<String> inUnified = unified.map(root ->
                        List.of(Doctor.text(root + "/cgroup.controllers").split(" ")))
                .orElse(List.of());
        OFF.forEach((controller, off) -> {
            String second = controller.equals("blkio") ? "io" : controller;
            if (first.containsKey(controller)) {
                findings.add(made(host, controller, "v1", first.get(controller)));
            } else if (unified.isPresent() && inUnified.contains(second)) {
                findings.add(made(host, second, "v2", unified.get()));
            } else if (!builtIntoUnified(controller, unified)) {
                findings.add(Finding.limited(AREA, controller, "not mounted", off, mend(controller)));
            }
        });
        findings.add(swap(first));
        return findings;
    }

    /** In version 2 these are no controllers: every group has cpu.stat, cgroup.freeze and device programs. */
    private static boolean builtIntoUnified(String controller, Optional<Path> unified) {
        return unified.isPresent() && List.of("cpuacct", "freezer", "devices").contains(controller);
    }

    private static String mend(String controller) {
        String known = Doctor.text("/proc/cgroups")
                .lines()
                .filter(line -> line.startsWith(controller + "\t"))
                .findFirst()
                .orElse("");
        if (known.isEmpty()) {
            return "a kernel that has it";
        }
        return known.endsWith("\t0")
                ? "boot with cgroup_enable=" + controller
                : "mount -t cgroup -o " + controller + " none /sys/fs/cgroup/" + controller + ", or use version 2";
    }

    /** Makes a group there, and removes it. */
    private static Finding made(Doctor.Host host, String controller, String version, Path root) {
        String where = version + " at " + root;
        if (!host.root()) {
            return Finding.unknown(AREA, controller, where + "; only root may make groups there");
        }
        Path group = root.resolve("slipway-doctor-" + ProcessHandle.current().pid());
        try {
            Syscalls.mkdir(group, 0755);
            Syscalls.rmdir(group);
            return Finding.good(AREA, controller, where);
        } catch (SyscallException e) {
            return Finding.limited(
                    AREA,
                    controller,
                    where + ": " + e.getMessage(),
                    String.valueOf(OFF.getOrDefault(controller, "no groups can be made")),
                    "run Slipway where the cgroup file system is mounted writable, and this subtree is delegated to it");
        }
    }

    private static Finding swap(Map<String, Path> first) {
        Path memory = first.get("memory");
        boolean swapless = Doctor.text("/proc/swaps").lines().count() < 2;
        boolean counted = memory == null || Files.exists(memory.resolve("memory.memsw.limit_in_bytes"));
        if (counted || swapless) {
            return Finding.good(AREA, "swap", swapless ? "there is none" : "is counted");
        }
        return Finding.limited(
                AREA, "swap", "is not counted", "a memory limit is softened by swap", "boot with swapaccount=1");
    }

    /** Mount points of version 1 controllers (proc_pid_mountinfo(5)). */
    private static Map<String, Path> firstVersion() {
        Map<String, Path> found = new LinkedHashMap<>();
        for (String[] mount : mounts("cgroup")) {
            for (String option : mount[1].split(",")) {
                if (OFF.containsKey(option)) {
                    found.putIfAbsent(option, Path.of(mount[0]));
                }
            }
        }
        return found;
    }

    private static Optional<Path> unified() {
        return mounts("cgroup2").stream().map(mount -> Path.of(mount[0])).findFirst();
    }

    /** Mount point and options of each mount of a type. */
    private static List<String[]> mounts(String type) {
        List<String[]> found = new ArrayList<>();
        for (String line : Doctor.text("/proc/self/mountinfo").split("\n")) {
            String[] half = line.split(" - ", 2);
            if (half.length == 2 && half[1].startsWith(type + " ")) {
                found.add(new String[] {half[0].split(" ")[4], half[1].split(" ")[2]});
            }
        }
        return found;
    }

    private static Map<String, String> off() {
        Map<String, String> off = new LinkedHashMap<>();
        off.put("memory", "no memory limits, and no telling that memory was why one ended");
        off.put("cpu", "no cpu limits");
        off.put("cpuacct", "no count of cpu time, so no cost per request");
        off.put("cpuset", "containers cannot be kept to some cpus");
        off.put("pids", "no limit of processes: a fork bomb is the host's");
        off.put("blkio", "no limits of disk traffic");
        off.put("devices", "no list of allowed devices; containers have no right to make any all the same");
        off.put("freezer", "containers cannot be paused");
        off.put("hugetlb", "no limits of huge pages");
        return off;
    }
}
