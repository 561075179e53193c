package io.slipway.sandbox.cgroup;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The control group of one container, over all hierarchies that it is in: {@code slipway/OWNER/ID} in each. Found again by these names after a
 * restart.
 */
public final class Cgroup {
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000L;
    private static final int SIGKILL = 9;

    private final CgroupLayout layout;
    private final String owner;
    private final String id;
    private final Optional<CgroupDirectory> unified;
    private volatile List<Seat> seats;
    private volatile Limits limits;
    /** Whether it is in no hierarchy but those of its seats: made by us, and not changed since. */
    private volatile boolean known;
    /** Whether its directory of version 2 was made already, for a child to be born in. */
    private volatile boolean born;

    /** A controller, and this group's directory in its hierarchy. */
    record Seat(Controller controller, CgroupDirectory directory) {
        List<Setting> change(Limits from, Limits to) {
            return controller.change(from, to);
        }
    }

    Cgroup(CgroupLayout layout, String owner, String id, Limits limits) {
        this.layout = layout;
        this.owner = owner;
        this.id = id;
        this.limits = limits;
        unified = layout.mounts().unified().map(this::in);
        seats = seats(limits);
    }

    private CgroupDirectory in(Path root) {
        return new CgroupDirectory(OwnerDirectories.below(root, owner).resolve(id));
    }

    private List<Seat> seats(Limits of) {
        return layout.joined(of).stream()
                .map(m -> new Seat(m.controller(), in(m.root())))
                .toList();
    }

    /** Its directories, one per hierarchy. */
    public List<Path> directories() {
        return distinct().stream().map(CgroupDirectory::path).toList();
    }

    private Set<CgroupDirectory> distinct() {
        Set<CgroupDirectory> directories = new LinkedHashSet<>();
        seats.forEach(seat -> directories.add(seat.directory));
        return directories;
    }

    public Limits limits() {
        return limits;
    }

    /**
     * Makes the directory of version 2, if there is one, in which a child can be born then (CLONE_INTO_CGROUP); {@link #create} is next.
     *
     * @return it, opened; the caller closes it
     * @throws IOException when a group above is frozen, in which no process would ever start
     */
    public Optional<Descriptor> createBirthplace() throws IOException {
        if (unified.isEmpty()) {
            return Optional.empty();
        }
        layout.owners().prepare(owner, layout.joined(limits));
        make(unified.get());
        born = true;
        requireThawed();
        int flags = Syscalls.O_PATH | Syscalls.O_DIRECTORY;
        return Optional.of(Syscalls.open(unified.get().path(), flags, 0));
    }

    /**
     * Makes the directories that are not there yet, in which processes may be then; {@link #limit} is next.
     *
     * @throws IOException when a group above is frozen, in which no process would ever start
     */
    public void create() throws IOException {
        if (!born) {
            layout.owners().prepare(owner, layout.joined(limits));
        }
        for (CgroupDirectory directory : distinct()) {
            if (!born || !isUnified(directory)) {
                make(directory);
            }
        }
        known = true;
        if (!born) {
            requireThawed();
        }
        begin(true);
    }

    private void requireThawed() throws IOException {
        if (freezer().map(Freezer::frozenFromAbove).orElse(false)) {
            throw new IOException("the group above " + directories().getFirst() + " is frozen, so that nothing would "
                    + "start in it; thaw it (cgroup.freeze, or freezer.state of version 1)");
        }
    }

    /**
     * Sets the limits, before anything of an image runs in it.
     *
     * @throws IOException when one is not taken by the kernel
     */
    public void limit() throws IOException {
        begin(false);
        if (!limits.devices().isEmpty()) {
            guard(limits);
        }
    }

    private void begin(boolean beforeJoining) throws IOException {
        for (Seat seat : seats) {
            if (seat.controller.neededToJoin() == beforeJoining) {
                for (Setting setting : seat.controller.initial(limits)) {
                    set(seat, setting);
                }
            }
        }
    }

    /** Also while other processes take away the empty ones above it. */
    void make(CgroupDirectory directory) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                directory.make();
                return;
            } catch (SyscallException e) {
                if (tries == OwnerDirectories.TRIES || !CgroupDirectory.isMissing(e)) {
                    throw e;
                }
                layout.owners().forget();
                layout.owners().prepare(owner, layout.joined(limits));
            }
        }
    }

    static void set(Seat seat, Setting setting) throws IOException {
        try {
            seat.directory.write(setting);
        } catch (SyscallException e) {
            throw new IOException(
                    "the limit " + setting.file() + " = " + setting.value().strip() + " was not taken by the kernel"
                            + why(e, seat.controller) + ". " + e.getMessage(),
                    e);
        }
    }

    private static String why(SyscallException e, Controller controller) {
        return switch (e.errno()) {
            case Errno.ENOENT ->
                ": it has no such file, as it was built or started without it (for weights of io: without a scheduler "
                        + "that heeds them)";
            case Errno.EBUSY ->
                controller.name().equals("memory")
                        ? ": more is in use that cannot be taken back; ask for more"
                        : ": it is in use";
            case Errno.ENODEV -> ": there is no such device; name a whole disk as major:minor (lsblk shows them)";
            default -> "";
        };
    }

    private void guard(Limits of) throws IOException {
        if (unified.isPresent() && layout.guardsDevices()) {
            layout.gate().guard(unified.get().path(), of.devices());
        }
    }

    /** Files that a child joins by writing {@code 0} to. */
    public List<Path> joinFiles() {
        // Not cgroup.procs: for the current thread the kernel then skips a lock whose grace period takes milliseconds.
        return distinct().stream()
                .filter(directory -> !isUnified(directory))
                .map(directory -> directory.path().resolve("tasks"))
                .toList();
    }

    private boolean isUnified(CgroupDirectory directory) {
        return unified.isPresent() && unified.get().equals(directory);
    }

    /** Zeros when the group is gone. */
    public Stats stats() {
        Account account = new Account();
        seats.forEach(seat -> seat.controller.account(seat.directory, account));
        return account.stats();
    }

    /** Cheaper than {@link #stats}. */
    public Oom oom() {
        return seats.stream()
                .filter(seat -> seat.controller.name().equals("memory"))
                .map(seat -> seat.controller.oom(seat.directory))
                .findFirst()
                .orElse(Oom.NONE);
    }

    /** What has news when a process in it is killed for lack of memory, or is about to be; to be closed by the caller. */
    public Optional<OomNews> oomNews() throws SyscallException {
        for (Seat seat : seats) {
            if (seat.controller.name().equals("memory")) {
                return seat.controller.oomNews(seat.directory);
            }
        }
        return Optional.empty();
    }

    /** Host pids. */
    public List<Integer> processes() {
        return distinct().stream().findFirst().map(CgroupDirectory::processes).orElse(List.of());
    }

    private Optional<Freezer> freezer() {
        Optional<Freezer> first = seats.stream()
                .filter(seat -> seat.controller instanceof FreezerV1.Member)
                .map(seat -> (Freezer) new FreezerV1(seat.directory))
                .findFirst();
        return unified.map(directory -> (Freezer) new FreezerV2(directory)).or(() -> first);
    }

    /**
     * Stops all its processes where they are; returns once they stand still. They keep their memory and answer nothing.
     *
     * @throws IOException when they do not within {@code atMost}; they then go on
     */
    public void freeze(Duration atMost) throws IOException {
        freezer()
                .orElseThrow(() -> new IOException("nothing can be frozen: this host has neither cgroup version 2 nor "
                        + "the freezer controller of version 1 mounted; see 'slipway doctor'"))
                .freeze(atMost);
    }

    public void thaw() throws IOException {
        Optional<Freezer> freezer = freezer();
        try {
            if (freezer.isPresent()) {
                freezer.get().thaw();
            }
        } catch (SyscallException e) {
            // Removed by another process: whatever stood still in it has ended.
            if (!e.isMissing()) {
                throw e;
            }
        }
    }

    /** Whether a process of it would stand still, or one that joined it; then nothing may join. */
    public boolean frozen() {
        return freezer().map(Freezer::frozen).orElse(false);
    }

    /**
     * Changes the limits while processes run: all of them, or none.
     *
     * @throws IllegalArgumentException for a value beyond what this host has
     * @throws IOException when one is not taken, e.g. less memory than is in use; those before are then as they were
     */
    public synchronized void update(Limits to) throws IOException {
        layout.check(to);
        known = false;
        List<Seat> wanted = new ArrayList<>(seats);
        seats(to).stream().filter(seat -> !wanted.contains(seat)).forEach(wanted::add);
        for (Seat seat : wanted) {
            seat.controller.check(seat.directory, to);
        }
        CgroupChange change = new CgroupChange(this, seats, limits, to);
        layout.owners().prepare(owner, layout.joined(to));
        try {
            for (Seat seat : wanted) {
                change.make(seat);
            }
            if (!limits.devices().equals(to.devices())) {
                guard(to);
            }
        } catch (IOException e) {
            change.undo(e);
            throw e;
        }
        seats = wanted;
        limits = to;
    }

    /** Kills all processes in it, again until none is left or a second has passed. Frozen ones too. */
    public void killAll() {
        unified.ifPresent(Cgroup::killAtOnce);
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < end) {
            Set<Integer> pids = new LinkedHashSet<>();
            distinct().forEach(directory -> pids.addAll(directory.processes()));
            if (pids.isEmpty()) {
                return;
            }
            pids.forEach(pid -> Syscalls.kill(pid, SIGKILL));
            // Only after the signal: what is thawed first runs on until it is hit.
            thawIfFrozen();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Kills all but one, which is kept to tell how the others ended; then lets it go on if it was frozen. */
    public void killAllBut(int kept) {
        for (int pid : processes()) {
            if (pid != kept) {
                Syscalls.kill(pid, SIGKILL);
            }
        }
        thawIfFrozen();
    }

    private void thawIfFrozen() {
        try {
            if (frozen()) {
                thaw();
            }
        } catch (IOException e) {
            // It is gone, and with it what was frozen.
            return;
        }
    }

    private static void killAtOnce(CgroupDirectory directory) {
        try {
            directory.write("cgroup.kill", "1");
        } catch (SyscallException e) {
            // Before Linux 5.14 there is no such file; one by one, then.
            return;
        }
    }

    private Set<CgroupDirectory> everywhere() {
        Set<CgroupDirectory> directories = new LinkedHashSet<>();
        layout.roots().forEach(root -> directories.add(in(root)));
        return directories;
    }

    /** Removes the directories, also those joined by an update; does nothing for those already gone. */
    public void remove() throws IOException {
        born = false;
        for (CgroupDirectory directory : known ? distinct() : everywhere()) {
            long end = System.nanoTime() + PATIENCE_NANOS;
            // The kernel counts a process for a moment after its end.
            while (!directory.remove()) {
                if (System.nanoTime() > end) {
                    throw new IOException("cgroup " + directory.path() + " cannot be removed: processes "
                            + directory.processes() + " are in it and do not end");
                }
                killAll();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
