package io.slipway.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which controller of this host carries out what: each in the version that it is mounted in. Time, freezing, killing, pressure and devices belong to
 * version 2 wherever it is mounted, also without controllers (the hybrid layout), so that a container joins as few hierarchies as can be: each costs
 * its start some 50 µs. May be used by several threads.
 */
public final class CgroupLayout {
    /** All directories of ours begin so. */
    public static final String OURS = "slipway";
    /** Joined by every container, to limit it or to account for it; the others where a limit asks for them, as each has a price. */
    private static final Set<String> ALWAYS = Set.of("memory", "cpu", "cpuacct", "pids", "io", "freezer", "core");

    private final CgroupMounts mounts;
    private final HostBounds bounds;
    private final DeviceGate gate = new DeviceGate();
    private final List<Mounted> mounted = new ArrayList<>();
    private final OwnerDirectories owners;

    /**
     * A controller, and where its hierarchy is mounted.
     *
     * @param unified whether that is version 2
     */
    record Mounted(Controller controller, Path root, boolean unified) {}

    private CgroupLayout(CgroupMounts mounts, HostBounds bounds) {
        this.mounts = mounts;
        this.bounds = bounds;
        mounts.unified().ifPresent(this::addUnified);
        new TreeMap<>(mounts.first()).forEach(this::addFirst);
        owners = new OwnerDirectories(mounts, bounds, gate);
    }

    /** As this host is. */
    public static CgroupLayout detect() throws IOException {
        return of(CgroupMounts.detect());
    }

    /** Only some of what the host has, e.g. version 1 alone. */
    public static CgroupLayout of(CgroupMounts mounts) throws IOException {
        return new CgroupLayout(mounts, HostBounds.read());
    }

    public CgroupMounts mounts() {
        return mounts;
    }

    private void addUnified(Path root) {
        mounted.add(new Mounted(new CoreV2(), root, true));
        for (String name : mounts.unifiedControllers()) {
            Optional<Controller> controller = Optional.ofNullable(
                    switch (name) {
                        case "memory" -> new MemoryV2(Files.exists(Path.of("/proc/swaps")));
                        case "cpu" -> new CpuV2();
                        case "cpuset" -> new CpusetV2(bounds.online());
                        case "pids" -> new Pids();
                        case "io" -> new IoV2();
                        case "hugetlb" -> Hugetlb.v2();
                        default -> null;
                    });
            controller.ifPresent(c -> mounted.add(new Mounted(c, root, true)));
        }
    }

    private void addFirst(String name, Path root) {
        Optional<Controller> controller = Optional.ofNullable(
                switch (name) {
                    case "memory" -> new MemoryV1(Files.exists(root.resolve("memory.memsw.limit_in_bytes")));
                    case "cpu" -> new CpuV1();
                    case "cpuacct" -> mounts.unified().isPresent() ? null : new CpuacctV1();
                    case "cpuset" -> new CpusetV1(bounds.online());
                    case "pids" -> new Pids();
                    case "blkio" -> new BlkioV1();
                    case "hugetlb" -> Hugetlb.v1();
                    case "devices" -> new DevicesV1();
                    case "freezer" -> mounts.unified().isPresent() ? null : new FreezerV1.Member();
                    default -> null;
                });
        controller.ifPresent(c -> mounted.add(new Mounted(c, root, false)));
    }

    /**
     * Refuses what cannot be carried out here.
     *
     * @throws IllegalArgumentException for a value beyond what this host has, naming field, value and what to do
     * @throws IOException for a limit whose controller is mounted in neither version
     */
    public void check(Limits limits) throws IOException {
        bounds.check(limits);
        for (Map.Entry<String, String> asked : limits.asked().entrySet()) {
            String controller = asked.getKey();
            boolean there = mounted.stream().anyMatch(m -> m.controller().name().equals(controller));
            if (!there && !(controller.equals("devices") && guardsDevices())) {
                throw new IOException("a " + controller + " limit is asked for (" + asked.getValue()
                        + "), but this host has no " + controller + " controller mounted, neither in cgroup version 1 "
                        + "nor in 2, so nothing would hold to it; 'slipway doctor' says how to enable it");
            }
        }
        if (mounted.isEmpty()) {
            throw new IOException("no cgroup file system is mounted, so nothing can be limited or accounted for; "
                    + "mount cgroup2 at /sys/fs/cgroup, and see 'slipway doctor'");
        }
    }

    /** What of it is most likely not meant, for people: a limit beyond the host's memory. */
    public List<String> notes(Limits limits) {
        return bounds.notes(limits);
    }

    /** The group of one container; made by {@link Cgroup#create}, or long ago. */
    public Cgroup group(String owner, String id, Limits limits) {
        return new Cgroup(this, owner, id, limits);
    }

    /** Whether device files are refused by a program. */
    boolean guardsDevices() {
        return mounts.unified().isPresent() && gate.available();
    }

    /** Those that a container with such limits joins. */
    List<Mounted> joined(Limits limits) {
        Set<String> asked = limits.asked().keySet();
        return mounted.stream().filter(m -> joins(m, asked)).toList();
    }

    private boolean joins(Mounted m, Set<String> asked) {
        String name = m.controller().name();
        if (name.equals("devices")) {
            return !guardsDevices();
        }
        return ALWAYS.contains(name) || asked.contains(name);
    }

    /** Mount points of all hierarchies that may have been joined. */
    Set<Path> roots() {
        Set<Path> roots = new LinkedHashSet<>();
        mounted.forEach(m -> roots.add(m.root()));
        return roots;
    }

    OwnerDirectories owners() {
        return owners;
    }

    DeviceGate gate() {
        return gate;
    }

    /** Removes an owner's directories, and ours above them, where nothing is left in them. */
    public void removeEmpty(String owner) {
        owners.removeEmpty(owner, roots());
    }
}
