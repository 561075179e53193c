package io.slipway.linux;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The terminal that we are used from, at standard input: its size, and the raw mode in which each key goes to whoever reads (termios(3)). */
public final class OwnTerminal implements AutoCloseable {
    private static final int STANDARD_INPUT = 0;
    private static final long TCGETS = 0x5401L;
    private static final long TCSETSW = 0x5403L;
    private static final long TIOCGWINSZ = 0x5413L;
    /** struct termios of the kernel: four words, the line discipline, 19 control characters. */
    private static final int TERMIOS_BYTES = 36;

    private static final int CONTROL_CHARACTERS = 17;
    private static final int VTIME = 5;
    private static final int VMIN = 6;
    private static final int IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON =
            1 | 2 | 8 | 32 | 64 | 128 | 256 | 1024;
    private static final int OPOST = 1;
    private static final int CSIZE_PARENB = 0x30 | 0x100;
    private static final int CS8 = 0x30;
    private static final int ISIG_ICANON_ECHO_ECHONL_IEXTEN = 1 | 2 | 8 | 64 | 0x8000;

    private static final long LOOK_NANOS = 100_000_000L;
    private final byte[] before;
    private boolean raw;
    private volatile boolean closed;

    private OwnTerminal(byte[] before) {
        this.before = before;
    }

    /** Empty when standard input is none. */
    public static Optional<OwnTerminal> find() {
        byte[] settings = new byte[TERMIOS_BYTES];
        return DescriptorCalls.ioctl(STANDARD_INPUT, TCGETS, settings) == 0
                ? Optional.of(new OwnTerminal(settings))
                : Optional.empty();
    }

    public WindowSize size() throws SyscallException {
        byte[] size = new byte[8];
        Syscalls.checked(DescriptorCalls.ioctl(STANDARD_INPUT, TIOCGWINSZ, size), "ioctl TIOCGWINSZ", "terminal");
        return WindowSize.of(size);
    }

    /** Until {@link #close}: no echo, no lines, no signals by keys. */
    public synchronized void makeRaw() throws SyscallException {
        ByteBuffer settings = ByteBuffer.wrap(before.clone()).order(ByteOrder.nativeOrder());
        clear(settings, 0, IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON);
        clear(settings, 4, OPOST);
        clear(settings, 8, CSIZE_PARENB);
        settings.putInt(8, settings.getInt(8) | CS8);
        clear(settings, 12, ISIG_ICANON_ECHO_ECHONL_IEXTEN);
        settings.put(CONTROL_CHARACTERS + VMIN, (byte) 1).put(CONTROL_CHARACTERS + VTIME, (byte) 0);
        set(settings.array());
        raw = true;
    }

    /** Sets it back as it was found; may be called again. */
    @Override
    public synchronized void close() throws SyscallException {
        closed = true;
        if (raw) {
            set(before);
            raw = false;
        }
    }

    /** Tells of each change of its size within a tenth of a second, until {@link #close}: by looking, as Java has no handlers of signals. */
    public void onResize(Consumer<WindowSize> changed) {
        Thread.ofVirtual().name("window-size").start(() -> {
            Optional<WindowSize> last = look();
            while (!closed) {
                LockSupport.parkNanos(LOOK_NANOS);
                Optional<WindowSize> now = look();
                if (!now.equals(last)) {
                    now.ifPresent(changed);
                    last = now;
                }
            }
        });
    }

    private Optional<WindowSize> look() {
        try {
            return Optional.of(size());
        } catch (SyscallException e) {
            // It has hung up.
            return Optional.empty();
        }
    }

    private static void clear(ByteBuffer settings, int at, int bits) {
        settings.putInt(at, settings.getInt(at) & ~bits);
    }

    private static void set(byte[] settings) throws SyscallException {
        if (DescriptorCalls.ioctl(STANDARD_INPUT, TCSETSW, settings) < 0) {
            throw new SyscallException("ioctl TCSETSW", "terminal", Native.getLastError());
        }
    }
}
