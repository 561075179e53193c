package io.slipway.image;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/** Zstandard, of any number of frames, skippable ones among them (RFC 8878); windows of at most 128 MiB, as the library bounds them. */
final class ZstdInflation implements Inflation {
    private final CompressedInput in;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private final Arena arena = Arena.ofConfined();
    private final ByteBuffer input;
    private boolean frameEnded = true;

    ZstdInflation(CompressedInput in) {
        this.in = in;
        this.input = arena.allocate(in.buffer().length).asByteBuffer().limit(0);
    }

    static boolean begins(byte[] magic) {
        return magic.length == 4 && isFrame(magic) || magic.length == 4 && isSkippable(magic);
    }

    private static boolean isFrame(byte[] magic) {
        return magic[0] == 0x28 && (magic[1] & 0xff) == 0xb5 && magic[2] == 0x2f && (magic[3] & 0xff) == 0xfd;
    }

    private static boolean isSkippable(byte[] magic) {
        return (magic[0] & 0xf0) == 0x50 && magic[1] == 0x2a && magic[2] == 0x4d && magic[3] == 0x18;
    }

    @Override
    public void fill(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (!input.hasRemaining() && !refill() && frameEnded) {
                return;
            }
            int before = into.position();
            boolean nothing = !input.hasRemaining();
            try {
                frameEnded = context.decompressDirectByteBufferStream(into, input);
            } catch (ZstdException e) {
                throw new IOException("its compressed data is damaged: " + e.getMessage(), e);
            }
            if (nothing && into.position() == before) {
                throw new EOFException("its compressed data is cut off");
            }
        }
    }

    @Override
    public void close() {
        context.close();
        arena.close();
    }

    private boolean refill() throws IOException {
        if (!in.fill()) {
            return false;
        }
        input.clear().put(in.buffer(), in.position(), in.remaining()).flip();
        in.skip(in.remaining());
        return true;
    }
}
