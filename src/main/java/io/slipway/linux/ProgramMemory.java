package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where a program, its strings and its structures are laid out, at the addresses at which the process that walks it will find them. */
interface ProgramMemory {
    /** Zeroed memory at an address that is a multiple of 16. */
    Block allocate(int bytes);

    /** A string of C. */
    default long string(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8), 1);
    }

    /** A copy of the bytes, with zeros behind them. */
    default long bytes(byte[] bytes, int zeros) {
        Block block = allocate(bytes.length + zeros);
        block.view().put(bytes);
        return block.address();
    }

    /** An array of strings of C, ended by a null pointer. */
    default long strings(List<String> texts) {
        Block block = allocate(8 * (texts.size() + 1));
        texts.forEach(text -> block.view().putLong(string(text)));
        return block.address();
    }

    /** Part of it. */
    record Block(long address, ByteBuffer view) {}
}
