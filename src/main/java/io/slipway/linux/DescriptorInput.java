package io.slipway.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * What comes out of a pipe or terminal, until its other end is closed or a process has ended: a process left behind may hold the other end open for
 * ever. Blocks its platform thread; for one thread.
 */
public final class DescriptorInput extends InputStream {
    private static final int FOREVER = -1;
    private final Descriptor data;
    private final Descriptor process;

    /** @param process a pidfd, not closed here */
    public DescriptorInput(Descriptor data, Descriptor process) {
        this.data = data;
        this.process = process;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        // What was written before the end of the process is seen by a look after it.
        if (!readable(FOREVER) && !readable(0)) {
            return -1;
        }
        byte[] buffer = new byte[length];
        long n = Libc.read(data.number(), buffer, length);
        if (n < 0 && Libc.errno() != Errno.EIO) {
            throw new SyscallException("read", data.object(), Libc.errno());
        }
        // EIO is how a terminal tells that nobody has its other end open any more (tty_ioctl(4)).
        if (n <= 0) {
            return -1;
        }
        System.arraycopy(buffer, 0, into, offset, (int) n);
        return (int) n;
    }

    /** Whether a read would return at once; false also when the process has ended. */
    private boolean readable(int timeoutMs) throws SyscallException {
        ByteBuffer polled =
                ByteBuffer.allocate(2 * DescriptorCalls.POLLFD_BYTES).order(ByteOrder.nativeOrder());
        polled.putInt(0, data.number()).putShort(4, (short) DescriptorCalls.POLLIN);
        polled.putInt(8, process.number()).putShort(12, (short) DescriptorCalls.POLLIN);
        while (DescriptorCalls.poll(polled.array(), 2, timeoutMs) < 0) {
            if (Native.getLastError() != Errno.EINTR) {
                throw new SyscallException("poll", data.object(), Native.getLastError());
            }
        }
        return polled.getShort(6) != 0;
    }

    @Override
    public void close() {
        data.close();
    }
}
