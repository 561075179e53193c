package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** The control groups of one container: the same path in every hierarchy. */
final class BundleCgroup {
    /** Where relative paths, and those that no bundle names, begin. */
    static final String OURS = "/slipway/oci";

    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000L;
    private static final int SIGKILL = 9;
    private static final int TRIES = 100;
    /** A list of all cpus or memory nodes at most. */
    private static final int CPUS_BYTES = 8 * 1024;

    private final Hierarchies hierarchies;
    private final String path;
    private final GroupParents parents;

    /** @param path absolute within each hierarchy, below which {@code ..} never leads out */
    BundleCgroup(Hierarchies hierarchies, String path, GroupParents parents) {
        this.hierarchies = hierarchies;
        this.parents = parents;
        this.path = Path.of("/" + path).normalize().toString();
    }

    static String path(Optional<String> wanted, String id) throws OciException {
        String path = wanted.orElse(id);
        if (path.contains(":") && !path.startsWith("/")) {
            throw new OciException("linux.cgroupsPath is \"" + path
                    + "\", which is systemd's form slice:prefix:name; groups are made by file here: give a path as /group/"
                    + id);
        }
        String whole = Path.of(path.startsWith("/") ? path : OURS + "/" + path)
                .normalize()
                .toString();
        if (whole.equals("/")) {
            throw new OciException("linux.cgroupsPath is \"" + path + "\", the root of all groups; name one below it");
        }
        return whole;
    }

    String path() {
        return path;
    }

    /** Its directories, one per hierarchy. */
    List<Path> directories() {
        return hierarchies.roots().stream().map(this::in).toList();
    }

    private Path in(Path root) {
        return root.resolve(path.substring(1));
    }

    /** Makes the directories and writes the limits. */
    void create(ResourceConfig resources) throws IOException {
        parents.alone(this::makeAllAtLast);
        new DeviceLimits(hierarchies).set(resources.devices(), this::in);
        write(resources.settings());
    }

    /** Runtimes with another root, and {@code slipway} itself, take away what is empty of those above, too. */
    private void makeAllAtLast() throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                makeAll();
                return;
            } catch (IOException e) {
                if (tries == TRIES || !isMissing(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean isMissing(IOException failure) {
        return failure instanceof SyscallException e && e.isMissing();
    }

    private void makeAll() throws IOException {
        for (Path root : hierarchies.roots()) {
            boolean unified = hierarchies.unified().filter(root::equals).isPresent();
            Path directory = root;
            for (Path name : Path.of(path.substring(1))) {
                if (unified) {
                    enable(directory);
                }
                directory = directory.resolve(name);
                if (directory.equals(in(root))) {
                    make(directory);
                } else {
                    parents.make(directory);
                }
                inheritCpus(directory);
            }
        }
    }

    /** False when it was there. */
    static boolean make(Path directory) throws SyscallException {
        try {
            Syscalls.mkdir(directory, 0755);
            return true;
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            return false;
        }
    }

    private void enable(Path directory) {
        for (String controller : hierarchies.controllers()) {
            try {
                Syscalls.writeFile(directory.resolve("cgroup.subtree_control"), "+" + controller);
            } catch (SyscallException e) {
                // One that cannot be had here; a limit that needs it will say so.
                continue;
            }
        }
    }

    /** A new group of version 1 may run on no cpu at all until it is told which. */
    private static void inheritCpus(Path directory) throws IOException {
        for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
            Path own = directory.resolve(file);
            Path parent = directory.resolveSibling(file);
            if (Files.exists(own)
                    && Files.exists(parent)
                    && Files.exists(directory.resolve("tasks"))
                    && Syscalls.read(own, CPUS_BYTES).isBlank()) {
                Syscalls.writeFile(own, Syscalls.read(parent, CPUS_BYTES).strip());
            }
        }
    }

    /** Writes what applies to the version that each controller is in. */
    void write(List<Setting> settings) throws IOException {
        for (Target target : targets(settings)) {
            target.write();
        }
    }

    /** A setting and the file that it is for. */
    private record Target(Setting setting, Path file) {
        void write() throws IOException {
            try {
                Syscalls.writeFile(file, setting.value());
            } catch (SyscallException e) {
                throw new OciException(
                        setting.source() + " = " + setting.value() + " is refused by the kernel: " + e.getMessage(), e);
            }
        }
    }

    private List<Target> targets(List<Setting> settings) throws IOException {
        List<Target> targets = new ArrayList<>();
        for (Setting setting : settings) {
            boolean first = hierarchies.first().containsKey(setting.controller());
            boolean second = hierarchies.controllers().contains(unifiedName(setting.controller()))
                    || setting.controller().equals("cgroup")
                            && hierarchies.unified().isPresent();
            boolean onlyUnified = setting.source().startsWith("linux.resources.unified");
            if (setting.unified() ? second && !first : first) {
                targets.add(target(setting, in(rootOf(setting))));
            } else if (onlyUnified) {
                throw new OciException(setting.source() + " is for version 2, in which this machine has no "
                        + setting.controller() + " controller; remove it");
            } else if (!setting.unified() && !second) {
                throw new OciException(setting.source() + " cannot be kept: this machine has no " + setting.controller()
                        + " controller mounted; remove it, or mount one (see slipway doctor)");
            }
        }
        return targets;
    }

    /** The only controller that has another name in version 2. */
    private static String unifiedName(String controller) {
        return controller.equals("blkio") ? "io" : controller;
    }

    /** Changes limits of running processes; those not named stay. */
    void update(ResourceConfig resources) throws IOException {
        if (resources.memoryChecked().isPresent()) {
            checkMemory(resources.memoryChecked().getAsLong());
        }
        List<Target> targets = targets(resources.settings());
        PreviousLimits previous = new PreviousLimits();
        targets.forEach(target -> previous.remember(target.file, target.setting.value()));
        try {
            writeInSomeOrder(targets);
            if (!resources.devices().isEmpty()) {
                new DeviceLimits(hierarchies).set(resources.devices(), this::in);
            }
        } catch (IOException e) {
            previous.restore();
            throw e;
        }
    }

    /** A limit of memory may not be above that of memory and swap, whichever is written first. */
    private static void writeInSomeOrder(List<Target> targets) throws IOException {
        try {
            for (Target target : targets) {
                target.write();
            }
        } catch (OciException e) {
            for (Target target : targets.reversed()) {
                target.write();
            }
        }
    }

    /** Version 1 refuses such a limit by itself, version 2 would kill. */
    private void checkMemory(long limit) throws IOException {
        Path first = hierarchies.first().get("memory");
        Path usage = first != null
                ? in(first).resolve("memory.usage_in_bytes")
                : in(hierarchies.unified().orElseThrow()).resolve("memory.current");
        long used = Long.parseLong(Files.readString(usage).strip());
        if (used > limit) {
            throw new OciException("memory.limit is " + limit + ", but the container uses " + used
                    + " bytes now, and memory.checkBeforeUpdate is true: nothing was changed. Give more, or let the container"
                    + " free some first");
        }
    }

    private Path rootOf(Setting setting) {
        Path first = hierarchies.first().get(setting.controller());
        return setting.unified() || first == null ? hierarchies.unified().orElseThrow() : first;
    }

    private static Target target(Setting setting, Path directory) throws OciException {
        Path file = setting.files().stream()
                .map(directory::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new OciException(setting.source() + " cannot be kept: this kernel has no "
                        + String.join(" or ", setting.files()) + "; remove it"));
        return new Target(setting, file);
    }

    /** Files that a process joins by writing {@code 0} to; the caller closes them. */
    List<Descriptor> openJoinFiles() throws SyscallException {
        List<Descriptor> files = new ArrayList<>();
        for (Path root : hierarchies.roots()) {
            boolean unified = hierarchies.unified().filter(root::equals).isPresent();
            // Not cgroup.procs in version 1: for the current thread the kernel then skips a lock that takes
            // milliseconds.
            files.add(Syscalls.open(in(root).resolve(unified ? "cgroup.procs" : "tasks"), Syscalls.O_WRONLY, 0));
        }
        return files;
    }

    Hierarchies hierarchies() {
        return hierarchies;
    }

    /** Host pids, of groups below it too. */
    Set<Integer> processes() throws IOException {
        Set<Integer> pids = new LinkedHashSet<>();
        for (Path directory : directories()) {
            for (Path below : tree(directory)) {
                pids.addAll(CgroupProcesses.of(below));
            }
        }
        return pids;
    }

    /** Itself and the groups below, the deepest last. */
    private static List<Path> tree(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var all = Files.walk(directory)) {
            return all.filter(Files::isDirectory).toList();
        } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException e) {
            // It is being removed meanwhile.
            return Files.isDirectory(directory) ? List.of(directory) : List.of();
        }
    }

    /** Ends all processes and removes the directories, those below too, then those above that were made for them. */
    void remove() throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (Path root : hierarchies.roots()) {
            Path directory = in(root);
            while (Files.isDirectory(directory) && !removeTree(directory)) {
                if (System.nanoTime() > end) {
                    throw new OciException(
                            "group " + directory + " cannot be removed: processes " + processes() + " do not end");
                }
                kill(SIGKILL);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            parents.alone(() -> parents.removeAbove(directory, root));
        }
    }

    private static boolean removeTree(Path directory) throws IOException {
        boolean gone = true;
        for (Path below : tree(directory).reversed()) {
            gone &= removeEmpty(below);
        }
        return gone;
    }

    static boolean removeEmpty(Path directory) {
        try {
            Syscalls.rmdir(directory);
            return true;
        } catch (SyscallException e) {
            return e.errno() == Errno.ENOENT;
        }
    }

    /** Signals all processes; true when there was one. */
    boolean kill(int signal) throws IOException {
        Set<Integer> pids = processes();
        pids.forEach(pid -> Syscalls.kill(pid, signal));
        return !pids.isEmpty();
    }

    /** Stops all processes where they are, or lets them go on. */
    void freeze(boolean on) throws IOException {
        Freeze.of(hierarchies, this::in).set(on);
    }

    boolean frozen() {
        return Freeze.of(hierarchies, this::in).isOn();
    }
}
