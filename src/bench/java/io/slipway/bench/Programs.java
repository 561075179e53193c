package io.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs that a benchmark calls. */
final class Programs {
    private Programs() {}

    static boolean has(String program) {
        for (String directory : List.of("/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin")) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    /** @throws IOException with what it said, if it fails */
    static void run(Path work, String... words) throws IOException, InterruptedException {
        Path told = Files.createTempFile("slipway-bench", ".log");
        try {
            int code = new ProcessBuilder(words)
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(told.toFile())
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException(List.of(words) + " failed with " + code + ": " + Files.readString(told));
            }
        } finally {
            Files.delete(told);
        }
    }
}
