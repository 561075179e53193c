package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.MountTree;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Calls on the inside of a root file system that may be hostile: each path is opened beneath the root's descriptor by openat2 with RESOLVE_IN_ROOT and
 * RESOLVE_NO_MAGICLINKS, and what follows is done to the descriptor, so that a link which is changed meanwhile leads nowhere else (CVE-2019-19921,
 * CVE-2023-27561, CVE-2024-45310, CVE-2025-52881).
 */
final class RootCalls {
    static final int O_PATH = 010000000;
    static final int O_DIRECTORY = 0200000;
    static final int O_RDWR_NOCTTY = 2 | 0400;
    private static final int O_CLOEXEC = 02000000;
    private static final int RESOLVE_NO_MAGICLINKS_IN_ROOT = 0x02 | 0x10;
    private static final int HOW_BYTES = 24;
    private static final int S_IFREG = 0100000;
    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final int MOVE_EMPTY_PATHS = 0x04 | 0x40;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int ATTR_BYTES = 32;

    private final SyscallProgram program;
    private final Argument root;

    /** @param root a descriptor of the root's mount */
    RootCalls(SyscallProgram program, Descriptor root) {
        this(program, Argument.descriptor(root));
    }

    private RootCalls(SyscallProgram program, Argument root) {
        this.program = program;
        this.root = root;
    }

    /** For a process that stands at the top of the container's root already, as setns(2) to a mount namespace leaves it. */
    static RootCalls inOwnRoot(SyscallProgram program) {
        return new RootCalls(program, Argument.flags(-100, "AT_FDCWD"));
    }

    /** What the calls from here on are made for. */
    void purpose(Purpose next) {
        program.purpose(next);
    }

    /** Appends a call of any kind. */
    Step call(SyscallNumber number, Argument... arguments) {
        return program.call(number, arguments);
    }

    /** Appends a call of which one argument is what an earlier call returned. */
    Step then(Step earlier, int argument, SyscallNumber number, Argument... arguments) {
        Step next = program.call(number, arguments);
        earlier.resultTo(next.index(), argument);
        return next;
    }

    /** Index of the next call: a target of jumps. */
    int next() {
        return program.next();
    }

    /** Opens a path of the container. */
    Step open(String path, int flags) {
        String below = path.equals("/") ? "." : path.substring(1);
        byte[] how = ByteBuffer.allocate(HOW_BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(flags | O_CLOEXEC)
                .putLong(0)
                .putLong(RESOLVE_NO_MAGICLINKS_IN_ROOT)
                .array();
        return program.call(
                SyscallNumber.OPENAT2,
                root,
                Argument.text(below),
                Argument.bytes(how, "{" + shown(flags) + ", RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS}"),
                Argument.number(HOW_BYTES));
    }

    /** Makes what is missing of a directory. */
    void makeDirectories(String path) {
        int end = path.indexOf('/', 1);
        while (end > 0) {
            makeDirectory(path.substring(0, end));
            end = path.indexOf('/', end + 1);
        }
        if (path.length() > 1) {
            makeDirectory(path);
        }
    }

    private void makeDirectory(String path) {
        then(
                        openParent(path),
                        0,
                        SyscallNumber.MKDIRAT,
                        Argument.resultOf(parent(path)),
                        Argument.text(name(path)),
                        Argument.octal(DIRECTORY_MODE))
                .mayFail();
    }

    /** Makes an empty file to mount on, with the directories above it, as far as they are missing. */
    void makeFile(String path) {
        makeDirectories(parent(path));
        then(
                        openParent(path),
                        0,
                        SyscallNumber.MKNODAT,
                        Argument.resultOf(parent(path)),
                        Argument.text(name(path)),
                        Argument.flags(S_IFREG | FILE_MODE, "S_IFREG|0644"),
                        Argument.none())
                .mayFail();
    }

    /** Opens the directory that holds a path's last name. */
    Step openParent(String path) {
        return open(parent(path), O_PATH | O_DIRECTORY);
    }

    /** Goes to a directory of the container. */
    Step enter(String path) {
        return enter(path, errno -> Optional.empty());
    }

    /** @param meaning of the error by which it could not be opened */
    Step enter(String path, IntFunction<Optional<String>> meaning) {
        Step opened = open(path, O_PATH | O_DIRECTORY).means((errno, result) -> meaning.apply(errno));
        return then(opened, 0, SyscallNumber.FCHDIR, Argument.resultOf(path));
    }

    /** Moves a detached mount to a path, which may be a directory or a file as the mount is. */
    Step place(Argument tree, String path) {
        return then(
                open(path, O_PATH),
                2,
                SyscallNumber.MOVE_MOUNT,
                tree,
                Argument.text(""),
                Argument.resultOf(path),
                Argument.text(""),
                Argument.flags(MOVE_EMPTY_PATHS, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"));
    }

    /** A detached copy of what an open descriptor is on; {@code opened} gives it. */
    Step copy(Step opened, String path, boolean below) {
        int flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | (below ? AT_RECURSIVE : 0);
        return then(
                opened,
                0,
                SyscallNumber.OPEN_TREE,
                Argument.resultOf(path),
                Argument.text(""),
                Argument.flags(
                        flags, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH" + (below ? "|AT_RECURSIVE" : "")));
    }

    /** Keeps what an earlier call returned at a descriptor that was reserved, for calls that need it more than once. */
    Step keep(Step earlier, Descriptor reserved) {
        return then(
                earlier,
                0,
                SyscallNumber.DUP3,
                Argument.resultOf("it"),
                Argument.descriptor(reserved),
                Argument.flags(O_CLOEXEC, "O_CLOEXEC"));
    }

    /** Changes attributes of a mount by its descriptor (mount_setattr(2)). */
    Step change(Descriptor mount, long set, boolean below, String shown) {
        return program.call(
                SyscallNumber.MOUNT_SETATTR,
                Argument.descriptor(mount),
                Argument.text(""),
                Argument.flags(
                        AT_EMPTY_PATH | (below ? AT_RECURSIVE : 0),
                        below ? "AT_EMPTY_PATH|AT_RECURSIVE" : "AT_EMPTY_PATH"),
                Argument.bytes(MountTree.attributes(set, 0, 0, 0), "{" + shown + "}"),
                Argument.number(ATTR_BYTES));
    }

    private static String shown(int flags) {
        return switch (flags) {
            case O_PATH -> "O_PATH";
            case O_PATH | O_DIRECTORY -> "O_PATH|O_DIRECTORY";
            case O_RDWR_NOCTTY -> "O_RDWR|O_NOCTTY";
            default -> "0" + Integer.toOctalString(flags);
        };
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
