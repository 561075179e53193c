package io.slipway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Passes bytes on as they come. */
final class StreamPassing {
    /** What a terminal takes for the end of input (VEOF of termios(3)). */
    private static final int END_OF_INPUT = 4;

    private static final int BUFFER_BYTES = 32 * 1024;

    private StreamPassing() {}

    /** Until the end, or until nobody takes them any more. */
    static void pass(InputStream from, OutputStream to) {
        try {
            copy(from, to);
        } catch (IOException e) {
            // What reads there reads no more, or has ended; its exit tells the rest.
            return;
        }
    }

    /** The same, and then tells the end. */
    static void passInput(InputStream from, OutputStream to, boolean terminal) {
        try {
            copy(from, to);
            if (terminal) {
                to.write(END_OF_INPUT);
            } else {
                to.close();
            }
        } catch (IOException e) {
            // As above.
            return;
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            to.write(buffer, 0, n);
            to.flush();
        }
    }
}
