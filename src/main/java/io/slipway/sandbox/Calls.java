package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The calls that a container's program is made of, by what they do. */
final class Calls {
    static final int MS_RDONLY = 1;
    static final int MS_NOSUID = 2;
    static final int MS_NODEV = 4;
    static final int MS_NOEXEC = 8;
    static final int MS_BIND = 4096;
    private static final int MS_REC = 16384;
    private static final int MS_PRIVATE = 1 << 18;
    private static final int AT_FDCWD = -100;
    private static final int S_IFREG = 0100000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int OPEN_TREE_CLONE_CLOEXEC = 1 | 02000000;
    private static final int O_WRONLY_CREAT_TRUNC_CLOEXEC = 1 | 0100 | 01000 | 02000000;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int MNT_DETACH = 2;
    private static final int X_OK = 1;
    private static final Argument CWD = Argument.flags(AT_FDCWD, "AT_FDCWD");

    private final SyscallProgram program;

    Calls(SyscallProgram program) {
        this.program = program;
    }

    /** What the calls from here on are made for. */
    void purpose(Purpose purpose) {
        program.purpose(purpose);
    }

    Step call(SyscallNumber number, Argument... arguments) {
        return program.call(number, arguments);
    }

    Step privateMounts() {
        return program.call(
                SyscallNumber.MOUNT,
                Argument.none(),
                Argument.text("/"),
                Argument.none(),
                Argument.flags(MS_REC | MS_PRIVATE, "MS_REC|MS_PRIVATE"),
                Argument.none());
    }

    Step mount(String source, String target, String type, int flags, String options) {
        return program.call(
                SyscallNumber.MOUNT,
                Argument.text(source),
                Argument.text(target),
                Argument.text(type),
                Argument.flags(flags, mountFlags(flags)),
                options.isEmpty() ? Argument.none() : Argument.text(options));
    }

    Step bind(String source, String target) {
        return mount(source, target, "", MS_BIND, "");
    }

    /** Sets a mount read-only, or without set-uid and device files, leaving its other attributes (mount_setattr(2)). */
    Step restrict(String target, boolean readOnly) {
        byte[] attributes = ByteBuffer.allocate(32)
                .order(ByteOrder.nativeOrder())
                .putLong(MS_NOSUID | MS_NODEV | (readOnly ? MS_RDONLY : 0))
                .array();
        String shown = "{MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV" + (readOnly ? "|MOUNT_ATTR_RDONLY}" : "}");
        return program.call(
                SyscallNumber.MOUNT_SETATTR,
                CWD,
                Argument.text(target),
                Argument.number(0),
                Argument.bytes(attributes, shown),
                Argument.number(attributes.length));
    }

    Step move(Descriptor tree, String target) {
        return moveMount(Argument.descriptor(tree), target);
    }

    /** Takes a copy of what is mounted at a path of the host, for a later {@link #place}. */
    Step take(String path) {
        return program.call(
                SyscallNumber.OPEN_TREE,
                CWD,
                Argument.text(path),
                Argument.flags(OPEN_TREE_CLONE_CLOEXEC, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC"));
    }

    /** Puts what was taken at a target. */
    void place(Step taken, String path, String target) {
        Step moved = moveMount(Argument.resultOf(path), target);
        taken.resultTo(moved.index(), 0);
    }

    private Step moveMount(Argument tree, String target) {
        return program.call(
                SyscallNumber.MOVE_MOUNT,
                tree,
                Argument.text(""),
                CWD,
                Argument.text(target),
                Argument.flags(MOVE_MOUNT_F_EMPTY_PATH, "MOVE_MOUNT_F_EMPTY_PATH"));
    }

    Step makeDirectory(String path, int mode) {
        return program.call(SyscallNumber.MKDIRAT, CWD, Argument.text(path), Argument.octal(mode));
    }

    /** An absolute directory with those above it, as far as they are missing. */
    void makeDirectories(String path) {
        StringBuilder soFar = new StringBuilder();
        for (String part : path.split("/")) {
            if (!part.isEmpty()) {
                makeDirectory(soFar.append('/').append(part).toString(), 0755).mayFail();
            }
        }
    }

    Step makeFile(String path) {
        return program.call(
                SyscallNumber.MKNODAT,
                CWD,
                Argument.text(path),
                Argument.flags(S_IFREG | 0644, "S_IFREG|0644"),
                Argument.none());
    }

    Step link(String target, String path) {
        return program.call(SyscallNumber.SYMLINKAT, Argument.text(target), CWD, Argument.text(path));
    }

    /** A small file; returns the write, whose bytes are argument 1. */
    Step writeFile(String path, byte[] content, String shown) {
        Step opened = program.call(
                SyscallNumber.OPENAT,
                CWD,
                Argument.text(path),
                Argument.flags(O_WRONLY_CREAT_TRUNC_CLOEXEC, "O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC"),
                Argument.octal(0644));
        Step write = program.call(
                SyscallNumber.WRITE,
                Argument.resultOf(path),
                Argument.bytes(content, shown),
                Argument.number(content.length));
        opened.resultTo(write.index(), 0);
        return write;
    }

    /** From here on absolute paths are the container's; the host's root lies on top of its {@code /}, at {@code .}. */
    void enterRoot(String directory) {
        changeDirectory(directory);
        program.call(SyscallNumber.PIVOT_ROOT, Argument.text("."), Argument.text("."));
    }

    void leaveHostRoot() {
        program.call(SyscallNumber.UMOUNT2, Argument.text("."), Argument.flags(MNT_DETACH, "MNT_DETACH"));
        changeDirectory("/");
    }

    Step changeDirectory(String path) {
        return program.call(SyscallNumber.CHDIR, Argument.text(path));
    }

    Step prctl(int option, String name, long value, String shown) {
        return program.call(
                SyscallNumber.PRCTL,
                Argument.flags(option, name),
                Argument.flags(value, shown),
                Argument.number(0),
                Argument.number(0),
                Argument.number(0));
    }

    void identity(int uid, int gid, List<Integer> groups) {
        ByteBuffer list = ByteBuffer.allocate(4 * groups.size()).order(ByteOrder.nativeOrder());
        groups.forEach(list::putInt);
        program.call(
                SyscallNumber.SETGROUPS,
                Argument.number(groups.size()),
                Argument.bytes(list.array(), groups.toString()));
        program.call(SyscallNumber.SETRESGID, Argument.number(gid), Argument.number(gid), Argument.number(gid));
        program.call(SyscallNumber.SETRESUID, Argument.number(uid), Argument.number(uid), Argument.number(uid));
    }

    /**
     * Looks for the application at each path in turn, and executes {@code pidOne} with the first found before its argv.
     *
     * @param last appends what is done immediately before the exec
     */
    void execute(int pidOne, List<String> paths, List<String> argv, List<String> env, Runnable last) {
        List<Step> looks = new ArrayList<>();
        for (String path : paths) {
            looks.add(program.call(SyscallNumber.FACCESSAT, CWD, Argument.text(path), Argument.flags(X_OK, "X_OK")));
        }
        looks.subList(0, looks.size() - 1).forEach(Step::mayFail);
        for (int i = 0; i < paths.size(); i++) {
            List<String> arguments = new ArrayList<>(List.of(paths.get(i)));
            arguments.addAll(argv);
            looks.get(i).jumpIfZero(program.next());
            last.run();
            program.call(
                    SyscallNumber.EXECVEAT,
                    Argument.flags(pidOne, pidOne + "<slipway-pid1>"),
                    Argument.text(""),
                    Argument.texts(arguments),
                    Argument.texts(env),
                    Argument.flags(AT_EMPTY_PATH, "AT_EMPTY_PATH"));
        }
    }

    private static String mountFlags(int flags) {
        List<String> names = new ArrayList<>();
        for (Object[] flag : new Object[][] {
            {MS_RDONLY, "MS_RDONLY"},
            {MS_NOSUID, "MS_NOSUID"},
            {MS_NODEV, "MS_NODEV"},
            {MS_NOEXEC, "MS_NOEXEC"},
            {MS_BIND, "MS_BIND"}
        }) {
            if ((flags & (int) flag[0]) != 0) {
                names.add((String) flag[1]);
            }
        }
        return names.isEmpty() ? "0" : String.join("|", names);
    }
}
