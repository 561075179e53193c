package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Small static executables for tests: made of {@link PidOne}'s, with another program, or other machine code, in the same frame (elf(5)). */
public final class CallsExecutable {
    private static final int PROGRAM_HEADERS = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int READ_WRITE = 6;
    /** The entry fills arguments of the call of this index. */
    private static final int FILLED = 7;

    private static final int FIRST = FILLED + 1;

    private CallsExecutable() {}

    /**
     * Makes the calls in turn whatever they give, writes all to its standard output, and exits 0.
     *
     * @param calls the number, then up to six arguments, of each
     */
    public static byte[] of(List<long[]> calls) {
        ByteBuffer frame = frame();
        int header = dataHeader(frame);
        int offset = (int) frame.getLong(header + 8);
        long address = frame.getLong(header + 16);
        int steps = FIRST + calls.size() + 2;
        int length = SyscallProgram.HEADER_BYTES + SyscallProgram.INSTRUCTION_BYTES * (steps + 1);
        ByteBuffer file =
                ByteBuffer.wrap(Arrays.copyOf(frame.array(), offset + length)).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header + 32, length).putLong(header + 40, length);
        file.put(offset, new byte[length]);
        for (int i = 0; i < FIRST; i++) {
            put(file, offset, i, SyscallNumber.SETSID.number());
        }
        for (int i = 0; i < calls.size(); i++) {
            put(file, offset, FIRST + i, calls.get(i));
        }
        put(file, offset, steps - 2, SyscallNumber.WRITE.number(), 1, address, length);
        put(file, offset, steps - 1, SyscallNumber.EXIT_GROUP.number());
        file.putLong(offset + SyscallProgram.HEADER_BYTES + SyscallProgram.INSTRUCTION_BYTES * steps, -1);
        return file.array();
    }

    /** What a call gave, 0 for the first, from what was written: negative is an errno. */
    public static long result(byte[] written, int index) {
        int at = SyscallProgram.HEADER_BYTES + SyscallProgram.INSTRUCTION_BYTES * (FIRST + index);
        return ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN).getLong(at + 56);
    }

    /** A call whose arguments are up to 48 bytes that another one points to. */
    public static long[] carrying(long number, byte[] bytes) {
        ByteBuffer arguments = ByteBuffer.wrap(Arrays.copyOf(bytes, 48)).order(ByteOrder.LITTLE_ENDIAN);
        long[] call = new long[7];
        call[0] = number;
        for (int i = 1; i < call.length; i++) {
            call[i] = arguments.getLong();
        }
        return call;
    }

    /** Where the arguments of a call lie, 0 for the first. */
    public static long addressOf(int index) {
        return StaticExecutable.DATA
                + SyscallProgram.HEADER_BYTES
                + (long) SyscallProgram.INSTRUCTION_BYTES * (FIRST + index)
                + 8;
    }

    /** Runs machine code of its own, of which it must not come to the end. */
    public static byte[] ofCode(byte[] code) {
        ByteBuffer file = frame();
        int offset = (int) (file.getLong(24) - file.getLong(PROGRAM_HEADERS + 16));
        return file.put(offset, code).array();
    }

    private static ByteBuffer frame() {
        return ByteBuffer.wrap(PidOne.PLAIN.executable()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int dataHeader(ByteBuffer file) {
        int header = PROGRAM_HEADERS;
        while (file.getInt(header) != 1 || file.getInt(header + 4) != READ_WRITE) {
            header += PROGRAM_HEADER_BYTES;
        }
        return header;
    }

    private static void put(ByteBuffer file, int offset, int index, long... numberAndArguments) {
        int at = offset + SyscallProgram.HEADER_BYTES + SyscallProgram.INSTRUCTION_BYTES * index;
        for (int i = 0; i < numberAndArguments.length; i++) {
            file.putLong(at + 8 * i, numberAndArguments[i]);
        }
        file.putLong(at + 64, SyscallProgram.MAY_FAIL);
    }
}
