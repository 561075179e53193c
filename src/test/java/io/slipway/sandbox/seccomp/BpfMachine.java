package io.slipway.sandbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a program of classic BPF over a {@code struct seccomp_data}, as the kernel would, and checks it as the kernel does before. */
final class BpfMachine {
    private static final int DATA_BYTES = 64;
    private final ByteBuffer program;
    private final int length;
    private int executed;

    BpfMachine(byte[] program) {
        this.program = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        length = program.length / 8;
        check();
    }

    /** bpf_check_classic() and seccomp_check_filter(): known operations, jumps that stay within, aligned loads, a return at the end. */
    private void check() {
        if (length < 1 || length > 4096 || program.capacity() % 8 != 0) {
            throw new IllegalStateException("a program of " + program.capacity() + " bytes");
        }
        for (int at = 0; at < length; at++) {
            int value = value(at);
            boolean good = switch (code(at)) {
                case 0x20 -> value >= 0 && value < DATA_BYTES && value % 4 == 0;
                case 0x05 -> Integer.compareUnsigned(value, length - at - 1) < 0;
                case 0x15, 0x25, 0x35, 0x45 -> at + 1 + yes(at) < length && at + 1 + no(at) < length;
                case 0x54, 0x06 -> true;
                default -> false;
            };
            if (!good) {
                throw new IllegalStateException("the kernel would refuse instruction " + at);
            }
        }
        if (code(length - 1) != 0x06) {
            throw new IllegalStateException("the last instruction is no return");
        }
    }

    /** What the filter returns. */
    int run(int audit, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(number).putInt(audit).putLong(0);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        executed = 0;
        int accumulator = 0;
        int at = 0;
        while (true) {
            executed++;
            int value = value(at);
            switch (code(at)) {
                case 0x20 -> accumulator = data.getInt(value);
                case 0x54 -> accumulator &= value;
                case 0x05 -> at += value;
                case 0x15 -> at += accumulator == value ? yes(at) : no(at);
                case 0x25 -> at += Integer.compareUnsigned(accumulator, value) > 0 ? yes(at) : no(at);
                case 0x35 -> at += Integer.compareUnsigned(accumulator, value) >= 0 ? yes(at) : no(at);
                case 0x45 -> at += (accumulator & value) != 0 ? yes(at) : no(at);
                default -> {
                    return value;
                }
            }
            at++;
        }
    }

    /** Instructions of the last run. */
    int executed() {
        return executed;
    }

    int length() {
        return length;
    }

    private int code(int at) {
        return program.getShort(8 * at) & 0xffff;
    }

    private int yes(int at) {
        return program.get(8 * at + 2) & 0xff;
    }

    private int no(int at) {
        return program.get(8 * at + 3) & 0xff;
    }

    private int value(int at) {
        return program.getInt(8 * at + 4);
    }
}
