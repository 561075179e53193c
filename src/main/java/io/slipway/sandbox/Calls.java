package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.FlagNames;
import io.slipway.linux.MountAttributes;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
    private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int O_CLOEXEC = 02000000;
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    /** Free in a child until it has its standard input. */
    private static final int FILE_SYSTEM = 0;

    private static final int OPEN_HOW_BYTES = 24;
    private static final int O_PATH_CLOEXEC = 010000000 | 02000000;
    private static final int RESOLVE_IN_ROOT_NO_MAGICLINKS = 0x10 | 0x02;
    private static final int RESOLVE_IN_ROOT_NO_LINKS = 0x10 | 0x04;
    private static final int O_WRONLY_CLOEXEC = 1 | 02000000;
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
                Argument.flags(flags, FlagNames.MOUNT),
                options.isEmpty() ? Argument.none() : Argument.text(options));
    }

    Step bind(String source, String target) {
        return mount(source, target, "", MS_BIND, "");
    }

    /** The same with all that is mounted below. */
    Step bindAll(String source, String target) {
        return mount(source, target, "", MS_BIND | MS_REC, "");
    }

    /** Sets attributes of a mount that is named by a path of ours. */
    Step restrict(String target, long attributes) {
        MountAttributes set = new MountAttributes(attributes, false);
        return setAttributes(set, CWD, target, Argument.number(0));
    }

    /** The same of all that is mounted below too. */
    Step restrictAll(String target, long attributes) {
        Argument recursive = Argument.flags(AT_RECURSIVE, "AT_RECURSIVE");
        return setAttributes(new MountAttributes(attributes, true), CWD, target, recursive);
    }

    /** The same of what was mounted on a {@link #resolve resolved} target. */
    void restrictResolved(Step resolved, String target, long attributes) {
        MountAttributes set = new MountAttributes(attributes, false);
        Argument flags = Argument.flags(set.flags(), set.flagsShown());
        resolved.resultTo(
                setAttributes(set, Argument.resultOf(target), "", flags).index(), 0);
    }

    private Step setAttributes(MountAttributes set, Argument directory, String path, Argument flags) {
        byte[] struct = set.struct();
        return program.call(
                SyscallNumber.MOUNT_SETATTR,
                directory,
                Argument.text(path),
                flags,
                Argument.bytes(struct, set.shown()),
                Argument.number(struct.length));
    }

    Step move(Argument tree, String target) {
        return moveMount(tree, target);
    }

    /** Takes a copy of what is mounted at a path of the host, for a later {@link #place}. */
    Step take(String path) {
        return take(path, OPEN_TREE_CLONE_CLOEXEC);
    }

    /** The same with all that is mounted below: in a user namespace these cannot be told apart, lest something be seen that they cover. */
    Step takeAll(String path) {
        return take(path, OPEN_TREE_CLONE_CLOEXEC | AT_RECURSIVE);
    }

    private Step take(String path, int flags) {
        return program.call(
                SyscallNumber.OPEN_TREE, CWD, Argument.text(path), Argument.flags(flags, FlagNames.OPEN_TREE));
    }

    /** A file system that is mounted nowhere yet, for a later {@link #place} (fsopen(2), fsmount(2)). */
    Step detached(String type, long attributes) {
        Step opened = program.call(
                SyscallNumber.FSOPEN, Argument.text(type), Argument.flags(FSOPEN_CLOEXEC, "FSOPEN_CLOEXEC"));
        // One result can go to one place only, so the descriptor gets a number that is known.
        Step known = program.call(
                SyscallNumber.DUP3,
                Argument.resultOf(type),
                Argument.number(FILE_SYSTEM),
                Argument.flags(O_CLOEXEC, "O_CLOEXEC"));
        opened.resultTo(known.index(), 0);
        program.call(
                SyscallNumber.FSCONFIG,
                Argument.number(FILE_SYSTEM),
                Argument.flags(FSCONFIG_CMD_CREATE, "FSCONFIG_CMD_CREATE"),
                Argument.none(),
                Argument.none(),
                Argument.number(0));
        return program.call(
                SyscallNumber.FSMOUNT,
                Argument.number(FILE_SYSTEM),
                Argument.flags(FSOPEN_CLOEXEC, "FSMOUNT_CLOEXEC"),
                Argument.flags(attributes, new MountAttributes(attributes, false).names()));
    }

    /**
     * Finds what lies at a path within the working directory, which is the container's root: through the image's own links, which cannot lead out, but
     * through no magic link of /proc (openat2(2)).
     */
    Step resolve(String path) {
        return resolve(path, RESOLVE_IN_ROOT_NO_MAGICLINKS, "RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS");
    }

    /** The same through no link at all: for where there is none but one that leads elsewhere on purpose. */
    Step resolveWithoutLinks(String path) {
        return resolve(path, RESOLVE_IN_ROOT_NO_LINKS, "RESOLVE_IN_ROOT|RESOLVE_NO_SYMLINKS");
    }

    private Step resolve(String path, long rules, String shown) {
        byte[] how = ByteBuffer.allocate(OPEN_HOW_BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(O_PATH_CLOEXEC)
                .putLong(0)
                .putLong(rules)
                .array();
        return program.call(
                SyscallNumber.OPENAT2,
                CWD,
                Argument.text(path),
                Argument.bytes(how, "{flags=O_PATH|O_CLOEXEC, resolve=" + shown + "}"),
                Argument.number(OPEN_HOW_BYTES));
    }

    /** Mounts a tree on a {@link #resolve resolved} target. */
    Step moveTo(Argument tree, Step place, String target) {
        Step move = program.call(
                SyscallNumber.MOVE_MOUNT,
                tree,
                Argument.text(""),
                Argument.resultOf(target),
                Argument.text(""),
                Argument.flags(
                        MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH,
                        "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"));
        place.resultTo(move.index(), 2);
        return move;
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

    /** An absolute directory of the container with those above it, as far as they are missing; each above is {@link #resolve resolved}. */
    void makeDirectories(String path) {
        String above = "";
        for (String part : path.split("/")) {
            if (!part.isEmpty()) {
                makeIn(above, part, SyscallNumber.MKDIRAT, Argument.octal(0755));
                above = above + "/" + part;
            }
        }
    }

    /** An empty file of the container, if it is missing, in a directory that is there. */
    void makeFileIn(String directory, String name) {
        makeIn(directory, name, SyscallNumber.MKNODAT, Argument.flags(S_IFREG | 0644, "S_IFREG|0644"), Argument.none());
    }

    /** One entry of a directory, which may be there already, as anything: neither call follows a link at its name. */
    private void makeIn(String directory, String name, SyscallNumber call, Argument... rest) {
        Optional<Step> parent = directory.isEmpty() ? Optional.empty() : Optional.of(resolve(directory));
        List<Argument> arguments = new ArrayList<>();
        arguments.add(parent.isEmpty() ? CWD : Argument.resultOf(directory));
        arguments.add(Argument.text(name));
        arguments.addAll(List.of(rest));
        Step make = program.call(call, arguments.toArray(Argument[]::new)).mayFail();
        parent.ifPresent(step -> step.resultTo(make.index(), 0));
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

    /** A small file at a path of ours; returns the write, whose bytes are argument 1. */
    Step writeFile(String path, int mode, Argument content, int length) {
        Argument flags = Argument.flags(O_WRONLY_CREAT_TRUNC_CLOEXEC, FlagNames.OPEN);
        return write(path, flags, mode, content, length, (errno, result) -> Optional.empty());
    }

    /** Writes to a file that is there, in one write, as those of the kernel demand. */
    Step writeExisting(String path, byte[] content, String shown) {
        return writeExisting(path, content, shown, (errno, result) -> Optional.empty());
    }

    /** @param failure what it means that it cannot be opened or written */
    Step writeExisting(String path, byte[] content, String shown, SyscallProgram.Meaning failure) {
        Argument flags = Argument.flags(O_WRONLY_CLOEXEC, FlagNames.OPEN);
        return write(path, flags, 0, Argument.bytes(content, shown), content.length, failure);
    }

    private Step write(
            String path, Argument flags, int mode, Argument content, int length, SyscallProgram.Meaning failure) {
        Step opened = program.call(SyscallNumber.OPENAT, CWD, Argument.text(path), flags, Argument.octal(mode))
                .means(failure);
        Step write = program.call(SyscallNumber.WRITE, Argument.resultOf(path), content, Argument.number(length))
                .means(failure);
        opened.resultTo(write.index(), 0);
        return write;
    }

    /** Owner of a file at a path of ours. */
    Step own(String path, int uid, int gid) {
        return program.call(
                SyscallNumber.FCHOWNAT,
                CWD,
                Argument.text(path),
                Argument.number(uid),
                Argument.number(gid),
                Argument.number(0));
    }

    /**
     * From here on absolute paths are those of the working directory. The host's root lies on top of it: {@code .} and {@code /..} lead there, so no
     * path with a link of the image's may be used until {@link #leaveHostRoot}.
     */
    void enterRoot() {
        program.call(SyscallNumber.PIVOT_ROOT, Argument.text("."), Argument.text("."));
    }

    void leaveHostRoot() {
        program.call(SyscallNumber.UMOUNT2, Argument.text("."), Argument.flags(MNT_DETACH, "MNT_DETACH"));
        changeDirectory("/");
    }

    /**
     * Enters a directory of the container, made where it is missing; {@link #resolve resolved}, as one named {@code /proc/self/fd/...} would lead to
     * what the agent has open (CVE-2024-21626).
     */
    void enterDirectory(String path) {
        makeDirectories(path);
        String what = "the working directory " + path;
        Step found = resolve(path).means((errno, result) -> PathMeaning.of(errno, what));
        Step enter = program.call(SyscallNumber.FCHDIR, Argument.resultOf(path))
                .means((errno, result) -> PathMeaning.of(errno, what));
        found.resultTo(enter.index(), 0);
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
     * Looks for the application at each place in turn, and executes {@code pidOne} with the first found before its argv.
     *
     * @param last appends what is done immediately before the exec
     */
    void execute(int pidOne, CommandSearch search, List<String> argv, List<String> env, Runnable last) {
        Argument environment = Argument.texts(env);
        executeFirst(search, path -> {
            List<String> arguments = new ArrayList<>(List.of(path));
            arguments.addAll(argv);
            last.run();
            program.call(
                    SyscallNumber.EXECVEAT,
                    Argument.flags(pidOne, pidOne + "<slipway-pid1>"),
                    Argument.text(""),
                    Argument.texts(arguments),
                    environment,
                    Argument.flags(AT_EMPTY_PATH, "AT_EMPTY_PATH"));
        });
    }

    /** Looks for a command at each place in turn, and makes the exec of the first that may be executed. */
    void executeFirst(CommandSearch search, Consumer<String> exec) {
        List<Step> looks = new ArrayList<>();
        for (String path : search.places()) {
            looks.add(program.call(SyscallNumber.FACCESSAT, CWD, Argument.text(path), Argument.flags(X_OK, "X_OK")));
        }
        looks.subList(0, looks.size() - 1).forEach(Step::mayFail);
        looks.getLast()
                .means((errno, result) -> Optional.of(search.failure(looks.stream()
                        .map(look -> (int) -result.applyAsLong(look))
                        .toList())));
        for (int i = 0; i < looks.size(); i++) {
            looks.get(i).jumpIfZero(program.next());
            exec.accept(search.places().get(i));
        }
    }
}
