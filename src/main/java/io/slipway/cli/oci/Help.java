package io.slipway.cli.oci;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** Prints what can be said. */
final class Help {
    private static final int COLUMN = 32;
    private final PrintStream out;

    Help(PrintStream out) {
        this.out = out;
    }

    void print(Optional<Verb> verb) {
        if (verb.isPresent()) {
            out.println("Usage: slipway oci [FLAG...] " + verb.get().word() + " [FLAG...] "
                    + verb.get().operands());
            out.println(verb.get().help());
            flags(verb.get().flags());
        } else {
            out.println("Usage: slipway oci [FLAG...] COMMAND [FLAG...]");
            out.println(
                    "The OCI runtime command line. A link named slipway-oci to the launcher stands for 'slipway oci'.");
            out.println();
            for (Verb one : Verb.values()) {
                out.println(line("  " + one.word() + " " + one.operands(), one.help()));
            }
        }
        out.println();
        out.println("Flags of all commands:");
        flags(Verb.GLOBAL);
    }

    private void flags(List<Flag> flags) {
        for (Flag flag : flags) {
            String names =
                    (flag.shortName().isEmpty() ? "      " : "  -" + flag.shortName() + ", ") + "--" + flag.name();
            out.println(line(flag.takesValue() ? names + " " + flag.value() : names, flag.help()));
        }
    }

    private static String line(String left, String right) {
        return left + " ".repeat(Math.max(2, COLUMN - left.length())) + right;
    }
}
