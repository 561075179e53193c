package io.slipway.sandbox.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Assembles the program that the kernel asks about each use of a device file: 1 allows, 0 denies (struct bpf_cgroup_dev_ctx in
 * include/uapi/linux/bpf.h; Documentation/bpf/standardization/instruction-set.rst).
 *
 * <pre>
 *   w2 = type      b or c                   one block per exception:
 *   w3 = access    what is being done         if w2 != its type, major or minor: next block
 *   w4 = major                                if it does not cover (or not touch) the access: next block
 *   w5 = minor                                return 1 (or 0)
 *                                           at the end: return 0 (or 1)
 * </pre>
 */
final class DeviceProgram {
    private static final int INSTRUCTION_BYTES = 8;
    private static final int BLOCK_INSTRUCTIONS_MAX = 10;
    // Instruction classes and codes; the immediate is the second operand where none other is named.
    private static final int LOAD_WORD = 0x61;
    private static final int MOVE = 0xb4;
    private static final int MOVE_REGISTER = 0xbc;
    private static final int AND = 0x54;
    private static final int SHIFT_RIGHT = 0x74;
    private static final int JUMP_IF_EQUAL = 0x16;
    private static final int JUMP_IF_NOT_EQUAL = 0x56;
    private static final int EXIT = 0x95;

    private static final int RESULT = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;
    // BPF_DEVCG_DEV_BLOCK and _CHAR; BPF_DEVCG_ACC_MKNOD, _READ and _WRITE.
    private static final int BLOCK = 1;
    private static final int CHAR = 2;
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;
    private static final int ANY_ACCESS = MKNOD | READ | WRITE;

    private final ByteBuffer code;

    private DeviceProgram(int exceptions) {
        int instructions = 10 + exceptions * BLOCK_INSTRUCTIONS_MAX;
        code = ByteBuffer.allocate(instructions * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    }

    static byte[] of(DeviceList list) {
        DeviceProgram program = new DeviceProgram(list.exceptions().size());
        program.loadContext();
        for (DeviceRule exception : list.exceptions()) {
            program.block(exception, list.allowsAll());
        }
        program.result(list.allowsAll() ? 1 : 0);
        return program.bytes();
    }

    private void loadContext() {
        emit(LOAD_WORD, TYPE, CONTEXT, 0, 0);
        emit(AND, TYPE, 0, 0, 0xffff);
        emit(LOAD_WORD, ACCESS, CONTEXT, 0, 0);
        emit(SHIFT_RIGHT, ACCESS, 0, 0, 16);
        emit(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
        emit(LOAD_WORD, MINOR, CONTEXT, 8, 0);
    }

    private void block(DeviceRule rule, boolean denies) {
        int start = code.position();
        unlessEqual(TYPE, rule.type() == DeviceRule.Type.BLOCK ? BLOCK : CHAR);
        rule.major().ifPresent(major -> unlessEqual(MAJOR, major));
        rule.minor().ifPresent(minor -> unlessEqual(MINOR, minor));
        int access = access(rule);
        if (access != ANY_ACCESS) {
            // The context's register is not needed any more.
            emit(MOVE_REGISTER, CONTEXT, ACCESS, 0, 0);
            emit(AND, CONTEXT, 0, 0, denies ? access : ANY_ACCESS & ~access);
            // An exception that allows must cover all that is being done; one that denies, any of it.
            emit(denies ? JUMP_IF_EQUAL : JUMP_IF_NOT_EQUAL, CONTEXT, 0, 0, 0);
        }
        result(denies ? 0 : 1);
        aimAtEnd(start, code.position());
    }

    private void unlessEqual(int register, int value) {
        emit(JUMP_IF_NOT_EQUAL, register, 0, 0, value);
    }

    private void result(int value) {
        emit(MOVE, RESULT, 0, 0, value);
        emit(EXIT, 0, 0, 0, 0);
    }

    /** Sets the distance of the jumps between two places: to the latter, counted from the instruction after the jump. */
    private void aimAtEnd(int start, int end) {
        for (int at = start; at < end; at += INSTRUCTION_BYTES) {
            int operation = code.get(at) & 0xff;
            if (operation == JUMP_IF_EQUAL || operation == JUMP_IF_NOT_EQUAL) {
                code.putShort(at + 2, (short) ((end - at) / INSTRUCTION_BYTES - 1));
            }
        }
    }

    private void emit(int operation, int destination, int source, int offset, int immediate) {
        code.put((byte) operation)
                .put(registers(destination, source))
                .putShort((short) offset)
                .putInt(immediate);
    }

    private static byte registers(int destination, int source) {
        return (byte) (destination | source << 4);
    }

    private static int access(DeviceRule rule) {
        int bits = 0;
        bits |= rule.access().contains("m") ? MKNOD : 0;
        bits |= rule.access().contains("r") ? READ : 0;
        return bits | (rule.access().contains("w") ? WRITE : 0);
    }

    private byte[] bytes() {
        byte[] bytes = new byte[code.position()];
        code.get(0, bytes);
        return bytes;
    }
}
