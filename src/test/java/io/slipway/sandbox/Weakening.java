package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;

/** A container's program as others have it: without one of its countermeasures, or with the mistake that it is there for. Tests only. */
final class Weakening {
    private static final int O_PATH_CLOEXEC = 010000000 | 02000000;
    private static final int MS_BIND = 4096;
    /** Number of what is {@link #leaking}. */
    static final int LEAKED = 4;

    private Weakening() {}

    /** Each path is opened by its name, and links lead where they say: openat instead of openat2 with its rules. */
    static void followLinks(Step step) {
        if (step.number() == SyscallNumber.OPENAT2 && step.arguments().get(1) instanceof Argument.Text path) {
            step.instead(
                    SyscallNumber.OPENAT,
                    step.arguments().getFirst(),
                    Argument.text("." + path.text()),
                    Argument.flags(O_PATH_CLOEXEC, "O_PATH|O_CLOEXEC"),
                    Argument.number(0));
        }
    }

    /** One more of the agent's descriptors is kept, as {@link #LEAKED}, and has lost its close-on-exec. */
    static Omission leaking(Descriptor descriptor) {
        // In the place of our pid 1's executable, which would close it once more.
        return Omission.NONE.pidOne().and(step -> {
            if (step.number() == SyscallNumber.DUP3 && step.text().contains("slipway-pid1")) {
                step.instead(
                        SyscallNumber.DUP3,
                        Argument.descriptor(descriptor),
                        Argument.number(LEAKED),
                        Argument.number(0));
            }
        });
    }

    /** Pid 1 is executed from this file instead of the sealed memory that nobody may open. */
    static Omission pidOneOf(Descriptor file) {
        return Omission.NONE.and(step -> {
            if (step.number() == SyscallNumber.DUP3 && step.text().contains("slipway-pid1")) {
                step.instead(
                        SyscallNumber.DUP3,
                        Argument.descriptor(file),
                        step.arguments().get(1),
                        step.arguments().get(2));
            }
        });
    }

    /** Ids are handed to the kernel as they were written, unchecked. */
    static Omission user(long uid) {
        return Omission.NONE.and(step -> {
            if (step.text().equals("setresuid(1000, 1000, 1000)")) {
                Argument number = Argument.number(uid);
                step.instead(SyscallNumber.SETRESUID, number, number, number);
            }
        });
    }

    /**
     * The image's /dev is the container's, with its null, which is what other files are covered with. Not to be confused with the tmpfs on the
     * host's /dev, without which all would be made there.
     */
    static Omission devicesOfTheImage() {
        return Omission.NONE.calls("mount\\(\"tmpfs\", \"/dev\", .*size=64k.*|mknodat\\(AT_FDCWD, \"/dev/null\".*"
                + "|move_mount\\(</dev/null>.*|(mkdirat|mount)\\(.*\"/dev/pts\".*");
    }

    /** What else is mounted at that point, if it can be, is what lies at one path, on another. */
    static Omission binding(Omission before, String source, String target) {
        return before.and(step -> {
            if (step.text().startsWith("mount(\"mqueue\"")) {
                step.instead(
                        SyscallNumber.MOUNT,
                        Argument.text(source),
                        Argument.text(target),
                        Argument.text(""),
                        Argument.flags(MS_BIND, "MS_BIND"),
                        Argument.none());
            }
        });
    }

    /** No weakening: whoever joins waits before it looks for the command that it is to execute. */
    static void waitForInput(Step step) {
        if (step.number() == SyscallNumber.RT_SIGPROCMASK) {
            step.instead(
                    SyscallNumber.READ, Argument.number(0), Argument.bytes(new byte[1], "input"), Argument.number(1));
        }
    }

    /** Whoever joins can be traced and read by who has its ids. */
    static void letTrace(Step step) {
        if (step.text().startsWith("prctl(PR_SET_DUMPABLE, 0")) {
            int dumpable = 4;
            step.instead(
                    SyscallNumber.PRCTL,
                    Argument.flags(dumpable, "PR_SET_DUMPABLE"),
                    Argument.number(1),
                    Argument.number(0),
                    Argument.number(0),
                    Argument.number(0));
        }
    }
}
