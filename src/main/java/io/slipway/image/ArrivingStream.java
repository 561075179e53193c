package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Reads a file that is being written, never beyond what was told to be there. */
final class ArrivingStream extends InputStream {
    private final Arrival arrival;
    private @Nullable FileChannel channel;
    private long at;
    private long readable = -1;

    ArrivingStream(Arrival arrival) {
        this.arrival = arrival;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at >= readable) {
            readable = arrival.awaitMore(at).bytes();
        }
        if (at >= readable) {
            return -1;
        }
        int count = opened().read(ByteBuffer.wrap(into, offset, (int) Math.min(length, readable - at)), at);
        at += Math.max(0, count);
        return count;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    private FileChannel opened() throws IOException {
        while (channel == null) {
            Arrival.Part part = arrival.awaitMore(-1);
            try {
                channel = FileChannel.open(part.file(), StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                // It got its final name in between; what is told next is that.
                if (arrival.awaitMore(part.bytes()).file().equals(part.file())) {
                    throw e;
                }
            }
        }
        return channel;
    }
}
