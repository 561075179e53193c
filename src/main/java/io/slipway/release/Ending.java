package io.slipway.release;

import java.util.Set;

/**
 * How a process came to its end, as far as its restart depends on that.
 *
 * @param failure whether it counts as one, by the rules of systemd.service(5): anything but exit code 0 and a signal by which processes are asked to
 *     end
 * @param text in plain words, e.g. {@code exited 42}
 * @param outOfMemory whether the kernel's OOM killer made it
 */
public record Ending(boolean failure, String text, boolean outOfMemory) {
    /** SIGHUP, SIGINT, SIGPIPE, SIGTERM (signal(7)). */
    private static final Set<Integer> CLEAN_SIGNALS = Set.of(1, 2, 13, 15);

    public static Ending exited(int code, String text) {
        return new Ending(code != 0, text, false);
    }

    public static Ending signalled(int signal, String text) {
        return new Ending(!CLEAN_SIGNALS.contains(signal), text, false);
    }

    public static Ending ofMemory(String text) {
        return new Ending(true, text, true);
    }

    /** Of any other kind: not started, hanging, unknown. */
    public static Ending failed(String text) {
        return new Ending(true, text, false);
    }
}
