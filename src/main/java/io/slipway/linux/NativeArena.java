package io.slipway.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Native memory that a child shares until it has exec'd: freed or used again only by {@link #close}, never by the collector. Arenas are kept and
 * used again, as fresh pages cost more than all else in a start.
 */
final class NativeArena implements ProgramMemory, AutoCloseable {
    private static final int FIRST_BYTES = 128 * 1024;
    private static final int KEPT = 8;
    private static final ConcurrentLinkedQueue<NativeArena> FREE = new ConcurrentLinkedQueue<>();

    private final List<Memory> chunks = new ArrayList<>();
    private ByteBuffer chunk;
    private long chunkAddress;

    private NativeArena() {
        chunk = grow(FIRST_BYTES);
    }

    static NativeArena open() {
        NativeArena used = FREE.poll();
        return used == null ? new NativeArena() : used;
    }

    @Override
    public Block allocate(int bytes) {
        int start = reserve(bytes);
        return new Block(chunkAddress + start, chunk.slice(start, bytes).order(ByteOrder.nativeOrder()));
    }

    @Override
    public long bytes(byte[] bytes, int zeros) {
        int start = reserve(bytes.length + zeros);
        chunk.put(start, bytes);
        return chunkAddress + start;
    }

    private int reserve(int bytes) {
        int start = (chunk.position() + 15) & ~15;
        if (start + bytes > chunk.capacity()) {
            chunk = grow(Math.max(FIRST_BYTES, bytes + 16));
            start = 0;
        }
        chunk.position(start + bytes);
        return start;
    }

    /** Only when no child shares it any more. */
    @Override
    public void close() {
        Memory first = chunks.getFirst();
        // Here, where nobody waits for it; environments may hold secrets too.
        first.clear(chunks.size() > 1 ? first.size() : chunk.position());
        while (chunks.size() > 1) {
            chunks.removeLast().close();
        }
        chunk = view(first);
        chunkAddress = Pointer.nativeValue(first);
        if (FREE.size() < KEPT) {
            FREE.add(this);
        } else {
            chunks.removeLast().close();
        }
    }

    private ByteBuffer grow(int bytes) {
        Memory memory = new Memory(bytes);
        memory.clear();
        chunks.add(memory);
        chunkAddress = Pointer.nativeValue(memory);
        return view(memory);
    }

    private static ByteBuffer view(Memory memory) {
        return memory.getByteBuffer(0, memory.size()).order(ByteOrder.nativeOrder());
    }
}
