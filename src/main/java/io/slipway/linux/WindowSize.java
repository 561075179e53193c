package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Of a terminal, in characters (struct winsize of ioctl_tty(2)). */
public record WindowSize(int rows, int columns) {
    public static final WindowSize DEFAULT = new WindowSize(24, 80);
    private static final int MAX = 0xffff;

    public WindowSize {
        if (rows < 0 || rows > MAX || columns < 0 || columns > MAX) {
            throw new IllegalArgumentException(
                    rows + " x " + columns + " is no size of a terminal: each from 0 to " + MAX);
        }
    }

    byte[] bytes() {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putShort((short) rows)
                .putShort((short) columns)
                .array();
    }

    static WindowSize of(byte[] winsize) {
        ByteBuffer buffer = ByteBuffer.wrap(winsize).order(ByteOrder.nativeOrder());
        return new WindowSize(buffer.getShort() & MAX, buffer.getShort() & MAX);
    }
}
