package io.slipway.sandbox.cgroup;

import io.slipway.linux.CallLog;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The two levels above containers in each hierarchy: {@code slipway/OWNER}. Made when a container first needs them; what belongs to them is then
 * inherited by each container at no cost. May be used by several threads; other processes may take away what is empty at any time.
 */
final class OwnerDirectories {
    /** Each process that ends may take away once what another has just made and not used yet. */
    static final int TRIES = 100;

    private static final String SUBTREE = "cgroup.subtree_control";
    private final CgroupMounts mounts;
    private final HostBounds bounds;
    private final DeviceGate gate;
    private final Set<String> prepared = new HashSet<>();

    OwnerDirectories(CgroupMounts mounts, HostBounds bounds, DeviceGate gate) {
        this.mounts = mounts;
        this.bounds = bounds;
        this.gate = gate;
    }

    static Path below(Path root, String owner) {
        return root.resolve(CgroupLayout.OURS).resolve(owner);
    }

    /** Makes what these controllers need and this process has not made yet. */
    synchronized void prepare(String owner, Collection<CgroupLayout.Mounted> controllers) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                make(owner, controllers);
                return;
            } catch (IOException e) {
                if (tries == TRIES || !CgroupDirectory.isMissing(e)) {
                    throw e;
                }
                forget();
            }
        }
    }

    private void make(String owner, Collection<CgroupLayout.Mounted> controllers) throws IOException {
        Set<String> before = Set.copyOf(prepared);
        Set<String> unified = new HashSet<>();
        for (CgroupLayout.Mounted m : controllers) {
            if (prepared.contains(key(owner, m))) {
                continue;
            }
            if (m.unified()) {
                unified.add(m.controller().name());
            } else {
                makeFirst(m, owner);
                prepared.add(key(owner, m));
            }
        }
        if (!unified.isEmpty()) {
            makeUnified(mounts.unified().orElseThrow(), owner, unified);
            controllers.forEach(m -> prepared.add(key(owner, m)));
        }
        if (CallLog.planning()) {
            // Nothing was made.
            prepared.retainAll(before);
        }
    }

    /** Another process has taken them away. */
    synchronized void forget() {
        prepared.clear();
    }

    void removeEmpty(String owner, Set<Path> roots) {
        for (Path root : roots) {
            for (Path directory : List.of(below(root, owner), root.resolve(CgroupLayout.OURS))) {
                // Refused by the kernel while another group is in it, which is as it should be.
                directory.toFile().delete();
            }
        }
    }

    private static String key(String owner, CgroupLayout.Mounted m) {
        return owner + " " + m.controller().name();
    }

    private void makeFirst(CgroupLayout.Mounted m, String owner) throws IOException {
        Path ours = m.root().resolve(CgroupLayout.OURS);
        for (Path path : List.of(ours, ours.resolve(owner))) {
            CgroupDirectory level = new CgroupDirectory(path);
            level.ensure();
            if (m.controller() instanceof CpusetV1 && level.read(CpusetV1.MEMS).isEmpty()) {
                level.write(CpusetV1.CPUS, bounds.online().cpus());
                level.write(CpusetV1.MEMS, bounds.online().mems());
            }
        }
    }

    private void makeUnified(Path root, String owner, Set<String> controllers) throws IOException {
        CgroupDirectory ours = new CgroupDirectory(root.resolve(CgroupLayout.OURS));
        CgroupDirectory below = new CgroupDirectory(below(root, owner));
        ours.ensure();
        below.ensure();
        Set<String> wanted = new HashSet<>(controllers);
        wanted.retainAll(mounts.unifiedControllers());
        for (CgroupDirectory level : List.of(new CgroupDirectory(root), ours, below)) {
            enable(level, wanted);
        }
        if (gate.available()) {
            gate.guard(below.path(), List.of());
        }
    }

    private static void enable(CgroupDirectory level, Set<String> wanted) throws IOException {
        Set<String> missing = new HashSet<>(wanted);
        missing.removeAll(List.of(level.read(SUBTREE).split(" ")));
        if (missing.isEmpty()) {
            return;
        }
        String enable = missing.stream().sorted().map(c -> "+" + c).collect(Collectors.joining(" "));
        try {
            level.write(SUBTREE, enable);
        } catch (SyscallException e) {
            String why = e.errno() == Errno.EBUSY
                    ? ": processes are in it, and a group has either processes or controllers for those below; "
                            + "move them into a group of their own first"
                    : "";
            throw new IOException(
                    "controllers " + missing + " cannot be had below " + level.path() + why + ". " + e.getMessage(), e);
        }
    }
}
