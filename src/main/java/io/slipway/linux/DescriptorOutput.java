package io.slipway.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/** Writes to a pipe or terminal. Blocks its platform thread while the other end does not read. */
public final class DescriptorOutput extends OutputStream {
    private final Descriptor data;

    public DescriptorOutput(Descriptor data) {
        this.data = data;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int done = 0;
        while (done < length) {
            byte[] rest = Arrays.copyOfRange(bytes, offset + done, offset + length);
            long n = Libc.write(data.number(), rest, rest.length);
            if (n < 0 && Native.getLastError() != Errno.EINTR) {
                throw new SyscallException("write", data.object(), Native.getLastError());
            }
            done += (int) Math.max(0, n);
        }
    }

    @Override
    public void close() {
        data.close();
    }
}
