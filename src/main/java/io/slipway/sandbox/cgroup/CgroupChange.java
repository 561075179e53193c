package io.slipway.sandbox.cgroup;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One change of a running group's limits, which can be taken back while it is being made. */
final class CgroupChange {
    private static final int ROUNDS_MAX = 1_000;
    private final Cgroup group;
    private final List<Cgroup.Seat> joined;
    private final Limits from;
    private final Limits to;
    private final Deque<Step> undo = new ArrayDeque<>();

    private interface Step {
        void run() throws IOException;
    }

    CgroupChange(Cgroup group, List<Cgroup.Seat> joined, Limits from, Limits to) {
        this.group = group;
        this.joined = joined;
        this.from = from;
        this.to = to;
    }

    void make(Cgroup.Seat seat) throws IOException {
        boolean known = joined.contains(seat);
        if (!known && !seat.directory().exists()) {
            join(seat);
            return;
        }
        List<Setting> settings = seat.change(known ? from : Limits.NONE, to);
        if (!settings.isEmpty()) {
            // Before the first write: a change that fails half way is taken back whole.
            undo.push(() -> write(seat, seat.change(to, from)));
            write(seat, settings);
        }
    }

    private void write(Cgroup.Seat seat, List<Setting> settings) throws IOException {
        for (Setting setting : settings) {
            Cgroup.set(seat, setting);
        }
    }

    /** Brings the processes into a hierarchy of version 1 that they are not in yet. */
    private void join(Cgroup.Seat seat) throws IOException {
        CgroupDirectory directory = seat.directory();
        group.make(directory);
        undo.push(() -> leave(directory));
        write(seat, seat.controller().initial(to));
        move(directory);
    }

    /** Children of those that were moved are born there, so it comes to an end. */
    private void move(CgroupDirectory target) throws IOException {
        Set<Integer> moved = new HashSet<>();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            List<Integer> left = group.processes().stream()
                    .filter(pid -> !moved.contains(pid))
                    .toList();
            if (left.isEmpty()) {
                return;
            }
            for (int pid : left) {
                target.take(pid);
                moved.add(pid);
            }
        }
        throw new IOException("the processes of " + target.path() + " could not be brought together: it makes new ones "
                + "faster than they can be moved; limit its pids, or restart it with the limit");
    }

    private static void leave(CgroupDirectory directory) throws IOException {
        CgroupDirectory root = new CgroupDirectory(directory.path());
        for (int up = 0; up < 3; up++) {
            root = new CgroupDirectory(root.path().resolve("..").normalize());
        }
        for (int pid : directory.processes()) {
            root.take(pid);
        }
        directory.remove();
    }

    /** Everything that was done, last first; what fails on the way is noted in the reason. */
    void undo(IOException why) {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (IOException e) {
                why.addSuppressed(e);
            }
        }
    }
}
