package io.slipway.linux;

import java.util.List;
import java.util.Locale;

/** Names of signals (signal(7), x86-64 and aarch64). */
public final class Signal {
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    private static final List<String> NAMES = List.of(
            "0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");
    private static final int LAST = 64;

    private Signal() {}

    /**
     * The number of {@code SIGTERM}, {@code TERM}, {@code sigterm}, {@code 15} or {@code SIGRTMIN+3}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static int number(String name) {
        String bare = name.strip().toUpperCase(Locale.ROOT);
        bare = bare.startsWith("SIG") ? bare.substring(3) : bare;
        int index = NAMES.indexOf(bare);
        if (index > 0) {
            return index;
        }
        int number = bare.startsWith("RTMIN+") ? 34 + digits(bare.substring(6)) : digits(bare);
        if (number < 1 || number > LAST) {
            throw new IllegalArgumentException("'" + name + "' is not a signal; name one as SIGTERM or by its number");
        }
        return number;
    }

    /** E.g. {@code SIGKILL}. */
    public static String name(int number) {
        return number > 0 && number < NAMES.size() ? "SIG" + NAMES.get(number) : "signal " + number;
    }

    private static int digits(String text) {
        return text.matches("[0-9]{1,2}") ? Integer.parseInt(text) : -100;
    }
}
