package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A program laid out for a process that will map it at a fixed address. */
final class ProgramImage implements ProgramMemory {
    private static final int CHUNK_BYTES = 64 * 1024;
    private final long base;
    private final List<ByteBuffer> chunks = new ArrayList<>();
    private int before;

    /** @param first how many bytes the first allocation has: it lies at the base */
    ProgramImage(long base, int first) {
        this.base = base;
        chunks.add(ByteBuffer.allocate(Math.max(CHUNK_BYTES, first + 15 & ~15)));
    }

    @Override
    public Block allocate(int bytes) {
        ByteBuffer chunk = chunks.getLast();
        int start = chunk.position() + 15 & ~15;
        if (start + bytes > chunk.capacity()) {
            before += chunk.capacity();
            chunk = ByteBuffer.allocate(Math.max(CHUNK_BYTES, bytes + 15 & ~15));
            chunks.add(chunk);
            start = 0;
        }
        chunk.position(start + bytes);
        ByteBuffer view = chunk.slice(start, bytes).order(ByteOrder.nativeOrder());
        return new Block(base + before + start, view);
    }

    /** All of it, in order of addresses. */
    byte[] bytes() {
        ByteBuffer all = ByteBuffer.allocate(before + chunks.getLast().capacity());
        chunks.forEach(chunk -> all.put(chunk.array()));
        return all.array();
    }
}
