package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Errno;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallProgram.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is mounted on a container's root beside its layers. The image decides what lies at a target, so it may be a link: each is resolved by the
 * kernel within the root and through no magic link, and what is found is mounted on by its descriptor, so that nothing can be put in its place
 * meanwhile (CVE-2019-19921, CVE-2023-27561, CVE-2024-45310).
 */
final class MountProgram {
    private static final int SECRET_MODE = 0400;
    private final Calls calls;
    private final List<Mount> mounts;
    private final MountFiles files;
    private final ChildFiles given;
    private final Map<Mount, Staged> staged = new HashMap<>();

    /** What lies aside, and the call that took a copy of it. */
    private record Staged(String place, Step taken) {}

    MountProgram(Calls calls, Root root, MountFiles files, ChildFiles given) {
        this.calls = calls;
        this.given = given;
        this.mounts = root.mounts();
        this.files = files;
    }

    /** Makes what lies in memory, where no image has a say: below a directory of ours. */
    void stage(String directory, Accounts.User user) {
        calls.purpose(Purpose.VOLUMES);
        for (Mount mount : mounts) {
            String place = directory + "/m" + staged.size();
            switch (mount) {
                case TmpfsMount tmpfs -> {
                    int safe = Calls.MS_NOSUID | Calls.MS_NODEV | (tmpfs.executable() ? 0 : Calls.MS_NOEXEC);
                    calls.makeDirectory(place, 0755);
                    calls.mount("tmpfs", place, "tmpfs", safe, tmpfs.options());
                    staged.put(mount, new Staged(place, calls.take(place)));
                }
                case SecretMount secret -> {
                    byte[] content = files.secret(secret);
                    Argument shown = Argument.bytes(content, "<secret " + secret.name() + ">");
                    calls.writeFile(place, SECRET_MODE, shown, content.length);
                    calls.own(place, user.uid(), user.gid());
                    staged.put(mount, new Staged(place, calls.take(place)));
                }
                case BindMount bind -> {}
                case VolumeMount volume -> {}
            }
        }
    }

    /** From within the root, before there is a /proc, so that no link can lead to one, and before the host's root lies on top. */
    void placeOnImage() {
        calls.purpose(Purpose.VOLUMES);
        mounts.stream()
                .filter(mount -> !MountTarget.onKernelFiles(mount.target()))
                .forEach(this::place);
    }

    /** Those on /dev, /sys and single files of /proc. */
    void placeOnKernelFiles() {
        calls.purpose(Purpose.VOLUMES);
        mounts.stream()
                .filter(mount -> MountTarget.onKernelFiles(mount.target()))
                .forEach(this::place);
    }

    private void place(Mount mount) {
        String target = mount.target();
        if (!target.startsWith("/proc/")) {
            makeTarget(mount);
        }
        Step place = resolve(target).means((errno, result) -> meaning(errno, mount));
        boolean directory = isDirectory(mount);
        if (mount instanceof BindMount || mount instanceof VolumeMount) {
            calls.moveTo(given.given(files.tree(mount)), place, target)
                    .means((errno, result) -> mismatch(errno, mount, directory));
        } else {
            Staged aside = Objects.requireNonNull(staged.get(mount), target);
            Step move = calls.moveTo(Argument.resultOf(aside.place()), place, target)
                    .means((errno, result) -> mismatch(errno, mount, directory));
            aside.taken().resultTo(move.index(), 0);
        }
        if (mount instanceof SecretMount) {
            calls.restrictResolved(
                    resolve(target), target, Calls.MS_RDONLY | Calls.MS_NOSUID | Calls.MS_NODEV | Calls.MS_NOEXEC);
        }
    }

    private Step resolve(String target) {
        return mayFollowLinks(target) ? calls.resolve(target) : calls.resolveWithoutLinks(target);
    }

    /** Below /dev and /sys only another volume can have a link, which would lead to the container's /proc by then. Links of /proc are the kernel's. */
    private static boolean mayFollowLinks(String target) {
        return !MountTarget.onKernelFiles(target) || target.startsWith("/proc/");
    }

    private static Optional<String> meaning(int errno, Mount mount) {
        String what = "the target of " + words(mount) + ", " + mount.target() + ",";
        return errno == Errno.ELOOP && !mayFollowLinks(mount.target())
                ? Optional.of(what + " lies behind a link: below /dev and /sys none is followed; name the place itself")
                : PathMeaning.of(errno, what);
    }

    private void makeTarget(Mount mount) {
        if (isDirectory(mount)) {
            calls.makeDirectories(mount.target());
        } else {
            calls.makeDirectories(MountTarget.parent(mount.target()));
            calls.makeFileIn(MountTarget.parent(mount.target()), MountTarget.name(mount.target()));
        }
    }

    private boolean isDirectory(Mount mount) {
        return mount instanceof TmpfsMount || mount instanceof VolumeMount || files.isDirectory(mount);
    }

    /** The kernel mounts directories on directories, and all else on what is none (mount(2), EINVAL; do_move_mount). */
    private static Optional<String> mismatch(int errno, Mount mount, boolean directory) {
        String target = mount.target();
        if (errno != Errno.EINVAL) {
            return Optional.empty();
        }
        return Optional.of(
                directory
                        ? words(mount) + " is a directory, and the container has a file at " + target
                                + ": nothing was mounted; mount it where there is a directory or nothing"
                        : words(mount) + " is a file, and the container has a directory at " + target
                                + ": nothing was mounted; mount it on a file, e.g. at " + target + "/" + name(mount));
    }

    private static String words(Mount mount) {
        return switch (mount) {
            case TmpfsMount tmpfs -> "the tmpfs";
            case SecretMount secret -> "secret " + secret.name();
            case BindMount bind -> bind.source().toString();
            case VolumeMount volume -> "volume " + volume.name();
        };
    }

    private static String name(Mount mount) {
        return switch (mount) {
            case SecretMount secret -> secret.name();
            case BindMount bind -> String.valueOf(bind.source().getFileName());
            case TmpfsMount _, VolumeMount _ -> "";
        };
    }
}
