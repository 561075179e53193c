package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An executable file (elf(5)) of the interpreter and a program of its own, which it begins at once; it needs no library. */
final class StaticExecutable {
    /** Where the data lies in memory; the program begins {@link SyscallProgram#HEADER_BYTES} after it. */
    static final long DATA = 0x411000;

    private static final long CODE = 0x400000;
    private static final int DATA_FILE_OFFSET = 4096;
    /** The largest pages that aarch64 kernels use: no page of memory may hold both segments. */
    private static final long ALIGNMENT = 0x10000;

    private static final int ELF_HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SEGMENTS = 3;
    private static final int CODE_FILE_OFFSET = ELF_HEADER_BYTES + SEGMENTS * PROGRAM_HEADER_BYTES;

    private StaticExecutable() {}

    /** @param data a program, and whatever it points to; the process may write it */
    static byte[] of(Architecture architecture, byte[] data) {
        Interpreter interpreter = Interpreter.of(architecture);
        byte[] code = interpreter.code();
        ByteBuffer file = ByteBuffer.allocate(DATA_FILE_OFFSET + data.length).order(ByteOrder.LITTLE_ENDIAN);
        header(file, architecture.elfMachine(), CODE + CODE_FILE_OFFSET + interpreter.offset("init"));
        segment(file, 1, 5, 0, CODE, CODE_FILE_OFFSET + code.length);
        segment(file, 1, 6, DATA_FILE_OFFSET, DATA, data.length);
        int gnuStack = 0x6474e551;
        segment(file, gnuStack, 6, 0, 0, 0);
        file.put(CODE_FILE_OFFSET, code);
        file.put(DATA_FILE_OFFSET, data);
        return file.array();
    }

    private static void header(ByteBuffer file, short machine, long entry) {
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        short executable = 2;
        file.putShort(executable).putShort(machine).putInt(1).putLong(entry);
        file.putLong(ELF_HEADER_BYTES).putLong(0).putInt(0);
        file.putShort((short) ELF_HEADER_BYTES)
                .putShort((short) PROGRAM_HEADER_BYTES)
                .putShort((short) SEGMENTS);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }

    private static void segment(ByteBuffer file, int type, int rights, int offset, long address, long bytes) {
        file.putInt(type).putInt(rights).putLong(offset).putLong(address).putLong(address);
        file.putLong(bytes).putLong(bytes).putLong(ALIGNMENT);
    }
}
