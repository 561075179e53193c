package io.slipway.linux;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A terminal as a person sits at: what is typed goes in, what is shown comes out. A program is started in it as the leader of its session. */
public final class OuterTerminal implements AutoCloseable {
    private static final long TCGETS = 0x5401L;
    private static final int TERMIOS_BYTES = 36;
    private static final int POLL_MS = 100;
    private final PseudoTerminal terminal;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Thread reader;
    private volatile boolean closed;

    public OuterTerminal(WindowSize size) throws IOException {
        terminal = PseudoTerminal.in((int) ProcessHandle.current().pid(), 0, 5, size);
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** Its input, output and error are this terminal, which is that of its session too. */
    public Process start(List<String> command, File errors) throws IOException {
        Path device = Files.readSymbolicLink(
                Path.of("/proc/self/fd/" + terminal.slave().number()));
        List<String> all = new ArrayList<>(List.of(
                "setsid",
                "sh",
                "-c",
                "device=$1; errors=$2; shift 2; exec \"$@\" < \"$device\" > \"$device\" 2> \"$errors\"",
                "sh",
                device.toString(),
                errors.toString()));
        all.addAll(command);
        return new ProcessBuilder(all).start();
    }

    private void read() {
        byte[] buffer = new byte[4096];
        while (!closed) {
            if (DescriptorCalls.poll(polled(), 1, POLL_MS) > 0) {
                int n = (int) Libc.read(terminal.master().number(), buffer, buffer.length);
                if (n > 0) {
                    synchronized (shown) {
                        shown.write(buffer, 0, n);
                    }
                }
            }
        }
    }

    private byte[] polled() {
        java.nio.ByteBuffer polled =
                java.nio.ByteBuffer.allocate(DescriptorCalls.POLLFD_BYTES).order(java.nio.ByteOrder.nativeOrder());
        return polled.putInt(terminal.master().number())
                .putShort((short) DescriptorCalls.POLLIN)
                .array();
    }

    /** What it has shown since it was opened. */
    public String shown() {
        synchronized (shown) {
            return shown.toString(StandardCharsets.UTF_8);
        }
    }

    public void type(String keys) throws SyscallException {
        Syscalls.write(terminal.master(), keys.getBytes(StandardCharsets.UTF_8));
    }

    public void resize(WindowSize size) throws SyscallException {
        terminal.resize(size);
    }

    /** Its settings (termios(3)), to be compared. */
    public String settings() {
        byte[] settings = new byte[TERMIOS_BYTES];
        if (DescriptorCalls.ioctl(terminal.slave().number(), TCGETS, settings) != 0) {
            throw new IllegalStateException("errno " + Libc.errno());
        }
        return HexFormat.of().formatHex(settings);
    }

    /** The person goes away, and the terminal with them. */
    public void hangUp() throws InterruptedException {
        closed = true;
        reader.join(Duration.ofSeconds(30));
        terminal.close();
    }

    @Override
    public void close() throws InterruptedException {
        hangUp();
    }
}
