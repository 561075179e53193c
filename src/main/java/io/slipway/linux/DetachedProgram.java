package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A syscall program for a process that shares no memory with us. The process executes a small {@link #executable} of ours, which maps the program
 * from descriptor 3 and walks it there; so we can still read afterwards how each call went.
 *
 * <p>While a process joins a container, the container's memory limit, its OOM killer and its root can reach it. Whatever they do then ends that
 * process, and never another that would share its memory.
 */
public final class DetachedProgram implements AutoCloseable {
    /** The descriptor at which the executable finds its program. */
    public static final int PROGRAM_DESCRIPTOR = 3;

    private static final long BASE = 0x10000000L;
    /** Above what the kernel takes as arguments and environment (execve(2)); more is mapped than there is, which costs nothing. */
    private static final int MAPPED_BYTES = 16 << 20;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_FIXED_NOREPLACE = 0x01 | 0x100000;
    /** Instructions that the interpreter's entry expects there to be. */
    private static final int BOOT_STEPS = 8;

    private final SyscallProgram program;
    private final int tableBytes;
    private final Descriptor memory;

    private DetachedProgram(SyscallProgram program, int tableBytes, Descriptor memory) {
        this.program = program;
        this.tableBytes = tableBytes;
        this.memory = memory;
    }

    /** @throws SyscallException if there is no memory for it, or it is over 16 MiB long */
    public static DetachedProgram of(SyscallProgram program) throws SyscallException {
        ProgramImage image = new ProgramImage(BASE, program.tableBytes());
        program.load(image, BASE - StaticExecutable.DATA);
        byte[] bytes = image.bytes();
        if (bytes.length > MAPPED_BYTES) {
            throw new SyscallException("execve", "of a command with " + bytes.length + " bytes of arguments", 7);
        }
        return new DetachedProgram(program, program.tableBytes(), Syscalls.memory("slipway-program", bytes));
    }

    /** The executable file that walks a program. It holds none itself: one file serves all. */
    public static byte[] executable() {
        SyscallProgram boot = new SyscallProgram();
        boot.call(
                SyscallNumber.MMAP,
                Argument.number(BASE),
                Argument.number(MAPPED_BYTES),
                Argument.number(PROT_READ_WRITE),
                Argument.number(MAP_SHARED_FIXED_NOREPLACE),
                Argument.number(PROGRAM_DESCRIPTOR),
                Argument.number(0));
        boot.call(SyscallNumber.CLOSE, Argument.number(PROGRAM_DESCRIPTOR)).jumpTo(BASE - StaticExecutable.DATA);
        ProgramImage data = new ProgramImage(StaticExecutable.DATA, boot.tableBytes());
        boot.load(data);
        byte[] padded = new byte[SyscallProgram.HEADER_BYTES + (BOOT_STEPS + 1) * SyscallProgram.INSTRUCTION_BYTES];
        System.arraycopy(data.bytes(), 0, padded, 0, boot.tableBytes());
        return StaticExecutable.of(Architecture.here(), padded);
    }

    /** To be found at {@link #PROGRAM_DESCRIPTOR} by the process. */
    public Descriptor memory() {
        return memory;
    }

    /** How its calls went so far. */
    public Outcome outcome() throws SyscallException {
        ByteBuffer table =
                ByteBuffer.wrap(Syscalls.readAt(memory, 0, tableBytes)).order(ByteOrder.nativeOrder());
        SyscallProgram.Loaded walked = program.walked(table);
        return new Outcome(walked::results, walked.fatal(), walked.meaning(), walked.executed());
    }

    /**
     * What became of a program.
     *
     * @param made its calls in order, put into words only when somebody asks
     * @param fatal the one that ended it
     * @param meaning of its failure in plain words, where its error does not say all
     * @param executed whether the last is an exec that has not come back: the process executes something else now
     */
    public record Outcome(
            Supplier<List<CallResult>> made, Optional<CallResult> fatal, Optional<String> meaning, boolean executed) {
        public List<CallResult> calls() {
            return made.get();
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
