package io.slipway.app;

import io.slipway.cli.oci.OciLine;
import io.slipway.linux.Syscalls;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;

/** Entry point of {@code slipway oci}, which the launcher calls by itself so that little has to be loaded. */
public final class OciMain {
    private OciMain() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err));
        int code = run(System.in, out, err, List.of(args));
        out.flush();
        err.flush();
        // A created container's process still runs our code, in a thread that the JVM's own way out would wait for.
        Syscalls.exitAtOnce(code);
    }

    static int run(InputStream in, PrintStream out, PrintStream err, List<String> words) {
        return new OciLine(in, out, err, System.getenv()).run(words);
    }
}
