package io.slipway.sandbox.learn;

import io.slipway.sandbox.Omission;
import java.util.List;

/** What a container finds as its file system. */
final class RootTopics {
    private static final Topic LAYERS = Topic.of(
            "layers",
            "layers below, changes above: the overlay",
            """
            An image is a list of layers, each a directory. overlay shows them as one tree, the upper covering the lower.
            What the container writes goes to a directory of its own (upper); a deleted file is covered by a 'whiteout' there.
            So a thousand containers share one copy of an image, and each starts from what the image is.""",
            List.of("mount(2)", "Documentation/filesystems/overlayfs.rst", "OCI image spec, layer.md"),
            "mount\\(\"overlay\"|open_tree\\(.*OPEN_TREE_CLONE.*root|move_mount\\(.*\"/dev/\\d",
            Demonstration.of(
                            "echo 'written by the container' > /etc/motd; cat /etc/motd",
                            Omission.NONE.overlay(),
                            "the overlay: the layer itself is mounted as the root",
                            "What it wrote is now in the image: the next container would start from it, and so would all others that run.")
                    .lookingAt("etc/motd"));

    private static final Topic DEVICES = Topic.of(
            "devices",
            "six devices: /dev",
            """
            Every program expects /dev/null, zero, full, random, urandom and tty; a container gets these and no other.
            A user namespace may not make device files at all, so they are taken from the host: copies of its mounts.""",
            List.of("null(4)", "random(4)", "full(4)", "open_tree(2)", "move_mount(2)"),
            "/dev/(null|zero|full|u?random|tty)",
            Demonstration.of(
                    "echo 'thrown away' > /dev/null; cat /dev/null; head -c 4 /dev/zero | wc -c",
                    Omission.NONE.calls("(open_tree|move_mount|mount)\\(.*\"/dev/(null|zero)\".*"),
                    "the calls that place /dev/null and /dev/zero",
                    "They are then plain files: what is thrown away is kept, and what should never end is empty."));

    private static final Topic MASKS = Topic.of(
            "masks",
            "kernel files out of sight: masked and read-only paths",
            """
            Not all in /proc belongs to a namespace: some files show, or change, the whole machine.
            Such files are covered by /dev/null, such directories by an empty tmpfs; others are made read-only.
            The list is that of the OCI runtime specification's defaults, as far as this kernel has the files.""",
            List.of("proc(5)", "OCI runtime spec, config-linux.md (maskedPaths, readonlyPaths)", "mount_setattr(2)"),
            "mount\\(\"(/dev/null|tmpfs)\", \"/(proc|sys)|mount\\(\"/proc|mount_setattr",
            Demonstration.of(
                    "for f in /proc/interrupts /proc/keys /proc/timer_list; do"
                            + " [ -e $f ] && echo \"$f: $(cat $f 2> /dev/null | wc -l) lines\"; done; true",
                    Omission.NONE.calls("mount\\(\"/dev/null\", \"/proc/.*"),
                    "the mounts of /dev/null over files of /proc",
                    "What it reads there is the host's: which devices work how much. A container without a user namespace would see the"
                            + " host's keys and timers too."));

    static final List<Topic> ALL = List.of(LAYERS, DEVICES, MASKS);

    private RootTopics() {}
}
