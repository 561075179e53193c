package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The mounts of a bundle, in its order, each on a descriptor beneath the root. */
final class MountProgram {
    private final RootCalls calls;
    private final Descriptor place;
    private final List<MountedOn> mountedOn = new ArrayList<>();

    /** @param place reserved for what is mounted on */
    MountProgram(RootCalls calls, Descriptor place) {
        this.calls = calls;
        this.place = place;
    }

    /** What each mount was made on, but for those that may be on {@code /proc}. */
    List<MountedOn> mountedOn() {
        return mountedOn;
    }

    /** @param tree that was made ready for it beforehand; null for a file system that the child itself makes */
    void mount(MountConfig mount, BundleMounts.Ready ready) {
        switch (ready) {
            case BundleMounts.Tree tree -> place(mount, tree);
            case BundleMounts.Groups groups -> groups(mount, groups);
            case BundleMounts.Fresh fresh -> fresh(mount);
        }
    }

    private void place(MountConfig mount, BundleMounts.Tree tree) {
        if (tree.directory()) {
            calls.makeDirectories(mount.destination());
        } else {
            calls.makeFile(mount.destination());
        }
        calls.keep(calls.open(mount.destination(), RootCalls.O_PATH), place);
        mountedOn.add(MountedOn.at(mount, place, calls));
        calls.call(
                SyscallNumber.MOVE_MOUNT,
                Argument.descriptor(tree.descriptor()),
                Argument.text(""),
                Argument.descriptor(place),
                Argument.text(""),
                Argument.flags(0x44, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"));
    }

    private void fresh(MountConfig mount) {
        calls.makeDirectories(mount.destination());
        calls.enter(mount.destination());
        mountedOn.add(MountedOn.here(mount, calls));
        here(mount.source(), mount.type(), mount.flags(), mount.data()).means((errno, result) -> failure(mount, errno));
        if (mount.propagation() != 0) {
            calls.enter(mount.destination());
            here("none", "", mount.propagation(), "");
        }
    }

    /** What it means that a file system could not be mounted (mount(2)). */
    private static Optional<String> failure(MountConfig mount, int errno) {
        String what = mount.path() + ", " + mount.type() + " on " + mount.destination() + ", cannot be mounted: ";
        return switch (errno) {
            case Errno.EINVAL ->
                Optional.of(what
                        + (mount.data().isEmpty()
                                ? "the kernel takes neither its options nor its source \"" + mount.source() + "\""
                                : "that file system does not take its options \"" + mount.data() + "\""));
            case Errno.ENODEV -> Optional.of(what + "this kernel has no such file system (/proc/filesystems)");
            case Errno.EPERM ->
                Optional.of(
                        what + "the container's user namespace, or this machine, has no right to; it needs a namespace"
                                + " of its own of what is shown (proc: pid, sysfs: network, mqueue: ipc)");
            default -> Optional.of(what + "see mount(2)");
        };
    }

    /** The container's own groups of each hierarchy below one directory, as version 1 is laid out. */
    private void groups(MountConfig mount, BundleMounts.Groups groups) {
        calls.makeDirectories(mount.destination());
        calls.enter(mount.destination());
        mountedOn.add(MountedOn.here(mount, calls));
        long safe = MountOption.NOSUID | MountOption.NODEV | MountOption.NOEXEC;
        here("tmpfs", "tmpfs", safe, "mode=755");
        groups.trees().forEach((name, tree) -> {
            calls.makeDirectories(mount.destination() + "/" + name);
            calls.place(Argument.descriptor(tree), mount.destination() + "/" + name);
        });
        groups.links()
                .forEach((name, target) -> calls.then(
                        calls.open(mount.destination(), RootCalls.O_PATH | RootCalls.O_DIRECTORY),
                        1,
                        SyscallNumber.SYMLINKAT,
                        Argument.text(target),
                        Argument.resultOf(mount.destination()),
                        Argument.text(name)));
        if ((mount.flags() & MountOption.RDONLY) != 0) {
            calls.enter(mount.destination());
            int remountBind = 32 | 4096;
            here("none", "", remountBind | safe | MountOption.RDONLY, "");
        }
    }

    /** Mounts on the working directory, which a descriptor led to. */
    private Step here(String source, String type, long flags, String data) {
        return calls.call(
                SyscallNumber.MOUNT,
                Argument.text(source),
                Argument.text("."),
                type.isEmpty() ? Argument.none() : Argument.text(type),
                Argument.flags(flags, "0x" + Long.toHexString(flags)),
                data.isEmpty() ? Argument.none() : Argument.text(data));
    }

    /** What must not be read: a file is covered by /dev/null, a directory by an empty one; what is not there is passed over. */
    CoveredPath mask(String path, Descriptor nothing) {
        Step seen = calls.open(path, RootCalls.O_PATH).mayFail();
        Step file = calls.then(
                        seen,
                        2,
                        SyscallNumber.MOVE_MOUNT,
                        Argument.descriptor(nothing),
                        Argument.text(""),
                        Argument.resultOf(path),
                        Argument.text(""),
                        Argument.flags(0x44, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"))
                .mayFail();
        Step directory =
                calls.open(path, RootCalls.O_PATH | RootCalls.O_DIRECTORY).mayFail();
        Step entered = calls.then(directory, 0, SyscallNumber.FCHDIR, Argument.resultOf(path))
                .mayFail();
        entered.jumpIfZero(calls.next() + 1);
        // The mask has been 0 since the beginning, so this always jumps.
        Step on = calls.call(SyscallNumber.UMASK, Argument.octal(0));
        Step covered = here("tmpfs", "tmpfs", MountOption.RDONLY, "size=0k,nr_inodes=1");
        file.jumpIfZero(calls.next());
        on.jumpIfZero(calls.next());
        return new CoveredPath(path, seen, List.of(List.of(file), List.of(covered)));
    }

    /** What must not be written: itself once more, read-only. */
    CoveredPath protect(String path, Descriptor kept) {
        Step seen = calls.open(path, RootCalls.O_PATH).mayFail();
        Step copied = calls.copy(seen, path, true).mayFail();
        calls.keep(copied, kept).mayFail();
        // Of what was kept before, when there is no such path.
        Step changed = calls.change(kept, MountOption.RDONLY, true, "MOUNT_ATTR_RDONLY")
                .mayFail();
        Step placed = calls.then(
                        calls.open(path, RootCalls.O_PATH).mayFail(),
                        2,
                        SyscallNumber.MOVE_MOUNT,
                        Argument.descriptor(kept),
                        Argument.text(""),
                        Argument.resultOf(path),
                        Argument.text(""),
                        Argument.flags(0x44, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"))
                .mayFail();
        return new CoveredPath(path, seen, List.of(List.of(changed, placed)));
    }

    /** From here on the root is the container's; the host's is gone from sight. */
    void enterRoot(Descriptor root, boolean pivot) {
        calls.call(SyscallNumber.FCHDIR, Argument.descriptor(root));
        if (pivot) {
            calls.call(SyscallNumber.PIVOT_ROOT, Argument.text("."), Argument.text("."));
            int detach = 2;
            calls.call(SyscallNumber.UMOUNT2, Argument.text("."), Argument.flags(detach, "MNT_DETACH"));
        } else {
            int move = 8192;
            calls.call(
                    SyscallNumber.MOUNT,
                    Argument.text("."),
                    Argument.text("/"),
                    Argument.none(),
                    Argument.flags(move, "MS_MOVE"),
                    Argument.none());
            calls.call(SyscallNumber.CHROOT, Argument.text("."));
        }
        calls.call(SyscallNumber.CHDIR, Argument.text("/"));
    }

    /** Sets how mounts spread, at a path of whatever is the root now. */
    void propagation(long flags) {
        calls.call(
                SyscallNumber.MOUNT,
                Argument.none(),
                Argument.text("/"),
                Argument.none(),
                Argument.flags(flags, "0x" + Long.toHexString(flags)),
                Argument.none());
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
