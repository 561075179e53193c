package io.slipway.traffic.dns;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.Consumer;

/** Messages in a stream, each after its length in two bytes (RFC 1035, section 4.2.2). */
final class Framed {
    private static final int LENGTH_BYTES = 2;
    private final Consumer<byte[]> taker;
    private Buffer waiting = Buffer.buffer();

    Framed(Consumer<byte[]> taker) {
        this.taker = taker;
    }

    static Buffer of(byte[] message) {
        return Buffer.buffer().appendUnsignedShort(message.length).appendBytes(message);
    }

    void reads(NetSocket socket) {
        socket.handler(this::take);
    }

    private void take(Buffer some) {
        waiting.appendBuffer(some);
        while (waiting.length() >= LENGTH_BYTES && waiting.length() >= LENGTH_BYTES + waiting.getUnsignedShort(0)) {
            int end = LENGTH_BYTES + waiting.getUnsignedShort(0);
            byte[] message = waiting.getBytes(LENGTH_BYTES, end);
            waiting = waiting.getBuffer(end, waiting.length());
            taker.accept(message);
        }
    }
}
