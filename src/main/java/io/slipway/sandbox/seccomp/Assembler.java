package io.slipway.sandbox.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes a program of classic BPF (Documentation/networking/filter.rst) from its end to its beginning, as all jumps go forward: each is then written
 * when its targets are known. A place is an instruction's distance from the end.
 *
 * <p>A conditional jump reaches 255 instructions; one that goes further ends at a copy of the return it aims for, which costs nothing, or at a jump.
 */
final class Assembler {
    static final int JUMP_IF_EQUAL = 0x15;
    static final int JUMP_IF_AT_LEAST = 0x35;
    private static final int LOAD = 0x20;
    private static final int AND = 0x54;
    private static final int JUMP = 0x05;
    private static final int RETURN = 0x06;
    /** A conditional jump's 255, less what may come between. */
    private static final int REACH = 253;

    private static final int INSTRUCTION_BYTES = 8;

    private long[] reversed = new long[512];
    private int size;
    private final Map<Integer, Integer> returns = new HashMap<>();

    /** A return of a value; an earlier one within reach. */
    int ret(int value) {
        Integer earlier = returns.get(value);
        if (earlier != null && near(earlier)) {
            return earlier;
        }
        int place = emit(RETURN, 0, 0, value);
        returns.put(value, place);
        return place;
    }

    /** Loads a word of {@code struct seccomp_data}, then goes on at {@code next}. */
    int load(int offset, int next) {
        follow(next);
        return emit(LOAD, 0, 0, offset);
    }

    int and(int mask, int next) {
        follow(next);
        return emit(AND, 0, 0, mask);
    }

    /** Compares what was loaded, without sign. */
    int jump(int operation, int value, int yes, int no) {
        if (yes == no) {
            return yes;
        }
        int reachedNo = reach(no);
        int reachedYes = reach(yes);
        return emit(operation, size - reachedYes - 1, size - reachedNo - 1, value);
    }

    /** Makes {@code entry} the first instruction; no more may be written after it. */
    void begin(int entry) {
        follow(entry);
    }

    private void follow(int next) {
        if (next != size - 1) {
            detour(next);
        }
    }

    private boolean near(int place) {
        return size - place <= REACH;
    }

    private int reach(int place) {
        return near(place) ? place : detour(place);
    }

    private int detour(int place) {
        long target = reversed[place];
        if ((target & 0xffff) == RETURN) {
            returns.put((int) (target >>> 32), size);
            return emit(RETURN, 0, 0, (int) (target >>> 32));
        }
        return emit(JUMP, 0, 0, size - place - 1);
    }

    private int emit(int code, int yes, int no, int value) {
        if (size == reversed.length) {
            reversed = Arrays.copyOf(reversed, 2 * size);
        }
        reversed[size] = code | (long) yes << 16 | (long) no << 24 | (long) value << 32;
        return size++;
    }

    int size() {
        return size;
    }

    /** As the kernel takes it: an array of {@code struct sock_filter}, little-endian. */
    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(size * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = size - 1; i >= 0; i--) {
            bytes.putLong(reversed[i]);
        }
        return bytes.array();
    }
}
