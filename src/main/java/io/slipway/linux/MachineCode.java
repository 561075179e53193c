package io.slipway.linux;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** The interpreter of syscall programs, in one page that is written once and then read and executed only. */
final class MachineCode {
    private static final String RESOURCE = "interpreter-x86_64.hex";
    private static final int PAGE_BYTES = 4096;
    private static final int READ_WRITE = 3;
    private static final int READ_EXECUTE = 5;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final Map<String, Integer> ENTRY = new HashMap<>();
    static final byte[] BYTES = load();
    private static final Function SPAWN;
    private static final Function TICKS;
    private static final long FIRST_NANOS;
    private static final long FIRST_TICKS;

    static {
        Pointer page = Libc.mmap(0, PAGE_BYTES, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
        page.write(0, BYTES, 0, BYTES.length);
        if (Libc.mprotect(page, PAGE_BYTES, READ_EXECUTE) != 0) {
            throw new ExceptionInInitializerError("mprotect of the interpreter's page to executable: "
                    + Errno.describe(Libc.errno()) + "; no container can be started on this machine");
        }
        SPAWN = Function.getFunction(page.share(offset("spawn")));
        TICKS = Function.getFunction(page.share(offset("ticks")));
        FIRST_NANOS = System.nanoTime();
        FIRST_TICKS = ticks();
    }

    private MachineCode() {}

    /** Blocks all signals, clones, restores the caller's mask. The caller is suspended until the child has exec'd or ended. */
    static long spawn(long cloneArguments, long size, long program) {
        return SPAWN.invokeLong(new Object[] {cloneArguments, size, program});
    }

    /** Offset of an entry point in {@link #BYTES}. */
    static int offset(String entry) {
        return java.util.Objects.requireNonNull(ENTRY.get(entry), entry);
    }

    /** Microseconds of one tick of the time stamp counter, by its rate since this class was loaded. */
    static double microsPerTick() {
        long nanos = System.nanoTime() - FIRST_NANOS;
        while (nanos < 1_000_000) {
            Thread.onSpinWait();
            nanos = System.nanoTime() - FIRST_NANOS;
        }
        return nanos / 1e3 / (ticks() - FIRST_TICKS);
    }

    private static long ticks() {
        return TICKS.invokeLong(new Object[0]);
    }

    private static byte[] load() {
        String machine = System.getProperty("os.arch");
        if (!machine.equals("amd64")) {
            throw new ExceptionInInitializerError(
                    "containers can be started on x86-64 only for now; this machine is " + machine);
        }
        try (InputStream in = MachineCode.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new ExceptionInInitializerError(RESOURCE + " is missing from the jar");
            }
            StringBuilder hex = new StringBuilder();
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                int space = line.indexOf(' ');
                if (space < 0) {
                    hex.append(line);
                } else if (!line.startsWith("#")) {
                    ENTRY.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
                }
            }
            return HexFormat.of().parseHex(hex);
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
