package io.slipway.cli;

import io.slipway.image.Digest;
import io.slipway.image.PullProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Shows a pull: a bar that moves on a terminal, a line for each thing that is done otherwise. */
final class PullView implements PullProgress, AutoCloseable {
    private static final int BAR_CHARS = 30;
    private static final long REDRAW_NANOS = 100_000_000L;
    private final PrintWriter out;
    private final boolean terminal;
    private final boolean quiet;
    private final Map<Digest, Long> arrived = new HashMap<>();
    private long bytes;
    private int layers;
    private int unpacked;
    private long drawnNanos = System.nanoTime() - REDRAW_NANOS;
    private boolean drawn;

    private PullView(PrintWriter out, boolean terminal, boolean quiet) {
        this.out = out;
        this.terminal = terminal;
        this.quiet = quiet;
    }

    /** @param err standard error */
    static PullView on(PrintWriter err, boolean quiet) {
        return new PullView(err, isTerminal(), quiet);
    }

    static PullView plain(PrintWriter out) {
        return new PullView(out, false, false);
    }

    static PullView bar(PrintWriter out) {
        return new PullView(out, true, false);
    }

    private static boolean isTerminal() {
        try {
            String at = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return (at.startsWith("/dev/pts/") || at.startsWith("/dev/tty") || at.equals("/dev/console"))
                    && !"dumb".equals(System.getenv("TERM"));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void resolved(String reference, Digest manifest, int count, long size) {
        layers = count;
        bytes = size;
        line(reference + " is " + manifest + ": " + count + (count == 1 ? " layer, " : " layers, ") + mib(size));
    }

    @Override
    public synchronized void arrived(Digest content, long count, long size) {
        arrived.put(content, count);
        draw(false);
    }

    @Override
    public synchronized void stored(Digest content, long size, boolean present) {
        arrived.put(content, size);
        if (!terminal) {
            line(content.brief() + (present ? ": here already, " : ": downloaded, ") + mib(size));
        }
        draw(false);
    }

    @Override
    public synchronized void unpacked(Digest layer, boolean present) {
        unpacked++;
        if (!terminal && !present) {
            line(layer.brief() + ": unpacked");
        }
        draw(true);
    }

    @Override
    public synchronized void waiting(String what, String why, Duration pause) {
        line(String.format(Locale.ROOT, "%s: %s; trying again in %.1f s", what, why, pause.toMillis() / 1000.0));
    }

    @Override
    public synchronized void close() {
        clear();
        out.flush();
    }

    private void line(String text) {
        if (!quiet) {
            clear();
            out.println(text.replaceAll("\\p{Cntrl}", "?"));
            out.flush();
        }
    }

    private void draw(boolean now) {
        if (!terminal || quiet || layers == 0 || (!now && System.nanoTime() - drawnNanos < REDRAW_NANOS)) {
            return;
        }
        drawnNanos = System.nanoTime();
        long here = arrived.values().stream().mapToLong(Long::longValue).sum();
        int full = bytes == 0 ? BAR_CHARS : (int) Math.clamp(here * BAR_CHARS / bytes, 0, BAR_CHARS);
        out.print("\r\033[K[" + "=".repeat(full) + " ".repeat(BAR_CHARS - full) + "] " + mib(Math.min(here, bytes))
                + " of " + mib(bytes) + ", " + unpacked + " of " + layers + " layers unpacked");
        out.flush();
        drawn = true;
    }

    private void clear() {
        if (drawn) {
            out.print("\r\033[K");
            drawn = false;
        }
    }

    private static String mib(long count) {
        return String.format(Locale.ROOT, "%.1f MiB", count / 1048576.0);
    }
}
