package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A process that gives back the beginning of files which another one appends to, once a second, until that one has ended. As {@link PidOne} it is the
 * interpreter with a program of its own: it takes a few pages of memory, and reads and writes none of the files' content.
 */
public final class TrimmerProgram {
    private static final int SECONDS = 1;
    private static final int SEEK_END = 2;
    private static final int FALLOC_FL_KEEP_SIZE_PUNCH_HOLE = 1 | 2;
    /** Whose arguments the interpreter's entry fills in: it must be a call that has none. */
    private static final int FILLED = 7;

    private TrimmerProgram() {}

    /**
     * The executable file of it.
     *
     * @param files numbers of the descriptors at which it has the two files, open for writing
     * @param pidfd number of that of the process
     * @param keepBytes of the end of each file
     */
    public static byte[] executable(List<Integer> files, int pidfd, long keepBytes) {
        SyscallProgram program = new SyscallProgram();
        byte[] pause = ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putLong(SECONDS)
                .array();
        program.call(SyscallNumber.NANOSLEEP, Argument.bytes(pause, "{1 s}"), Argument.none());
        // It ends when the process has, whether that has been collected or not. No patience: the kernel writes back
        // what is left of one (ppoll(2)).
        program.call(
                        SyscallNumber.PPOLL,
                        Argument.bytes(readable(pidfd), "{pidfd, POLLIN}"),
                        Argument.number(1),
                        Argument.bytes(new byte[16], "{0 s}"),
                        Argument.none())
                .jumpIfZero(program.next() + 1);
        program.call(SyscallNumber.EXIT_GROUP, Argument.number(0));
        for (int file : files) {
            int next = program.next() + 1;
            // Fails while the file is shorter; the hole is then as it was before, or none.
            program.call(
                            SyscallNumber.LSEEK,
                            Argument.number(file),
                            Argument.number(-keepBytes),
                            Argument.number(SEEK_END))
                    .mayFail()
                    .resultTo(next, 3);
            program.call(
                            SyscallNumber.FALLOCATE,
                            Argument.number(file),
                            Argument.number(FALLOC_FL_KEEP_SIZE_PUNCH_HOLE),
                            Argument.number(0),
                            Argument.number(0))
                    .mayFail();
        }
        if (program.next() != FILLED) {
            throw new IllegalArgumentException("a trimmer has two files, not " + files.size());
        }
        program.call(SyscallNumber.SCHED_YIELD).jumpIfZero(0);
        return executable(program);
    }

    private static byte[] readable(int descriptor) {
        short pollIn = 1;
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt(descriptor)
                .putShort(pollIn)
                .array();
    }

    private static byte[] executable(SyscallProgram program) {
        ProgramImage data = new ProgramImage(StaticExecutable.DATA, program.tableBytes());
        program.load(data);
        return StaticExecutable.of(Architecture.here(), data.bytes());
    }
}
