package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is left out of a container's making on purpose, so that one can see what it is good for. For demonstrations: a container with an omission must
 * run nothing but a command that is known to be harmless.
 */
public final class Omission {
    /** Everything is done as it should be. */
    public static final Omission NONE = new Omission(0, true, true, List.of());

    private static final int AT_FDCWD = -100;
    private final long namespaces;
    private final boolean idMaps;
    private final boolean groups;
    private final List<Consumer<Step>> changes;

    private Omission(long namespaces, boolean idMaps, boolean groups, List<Consumer<Step>> changes) {
        this.namespaces = namespaces;
        this.idMaps = idMaps;
        this.groups = groups;
        this.changes = changes;
    }

    /**
     * Without a namespace.
     *
     * @param flag of clone(2). Never CLONE_NEWNS: the mounts would be the host's
     */
    public Omission namespace(long flag) {
        if ((flag & io.slipway.linux.Spawn.NEWNS) != 0) {
            throw new IllegalArgumentException("a container without a mount namespace would change the host's mounts");
        }
        return new Omission(namespaces | flag, idMaps, groups, changes);
    }

    /** Without the ids of its user namespace. */
    public Omission idMaps() {
        return new Omission(namespaces, false, groups, changes);
    }

    /** Outside its control groups. */
    public Omission groups() {
        Omission outside = calls("write\\(.*/(tasks|cgroup\\.procs)>, \"0\", 1\\)");
        return new Omission(namespaces, idMaps, false, outside.changes);
    }

    /** Without the calls of the child whose text, as an explanation shows it, matches the regular expression as a whole. */
    public Omission calls(String regex) {
        return and(step -> {
            if (step.text().matches(regex)) {
                step.instead(SyscallNumber.CLOSE, Argument.number(-1)).mayFail();
            }
        });
    }

    /** With the lowest layer itself as the root, instead of an overlay over it. */
    public Omission overlay() {
        return and(step -> {
            if (step.text().startsWith("mount(\"overlay\"")) {
                step.instead(
                        SyscallNumber.MOUNT,
                        Argument.text("/dev/0"),
                        step.arguments().get(1),
                        Argument.text(""),
                        Argument.flags(Calls.MS_BIND, "MS_BIND"),
                        Argument.none());
            }
        });
    }

    /** With the application itself as pid 1. */
    public Omission pidOne() {
        return and(step -> {
            if (step.number() == SyscallNumber.EXECVEAT && step.arguments().get(2) instanceof Argument.Texts argv) {
                List<String> texts = argv.texts();
                step.instead(
                        SyscallNumber.EXECVEAT,
                        Argument.flags(AT_FDCWD, "AT_FDCWD"),
                        Argument.text(texts.getFirst()),
                        Argument.texts(texts.subList(1, texts.size())),
                        step.arguments().get(3),
                        Argument.number(0));
            }
        });
    }

    long namespaces() {
        return namespaces;
    }

    boolean leavesIdMaps() {
        return !idMaps;
    }

    boolean leavesGroups() {
        return !groups;
    }

    void apply(SyscallProgram program) {
        for (Step step : program.steps()) {
            changes.forEach(change -> change.accept(step));
        }
    }

    /** With another change of the child's calls. */
    Omission and(Consumer<Step> change) {
        List<Consumer<Step>> all = new ArrayList<>(changes);
        all.add(change);
        return new Omission(namespaces, idMaps, groups, all);
    }
}
