package io.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An OCI runtime as one command for the whole life of a container: {@code run}. */
record Command(List<String> words, Path work) {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    boolean works() {
        try {
            return call(List.of("--version")) == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    /** The first line of what it says of itself. */
    String version() throws IOException, InterruptedException {
        call(List.of("--version"));
        return Files.readString(output()).lines().findFirst().orElse("").strip();
    }

    void run(Bundle bundle) throws Exception {
        int code = call(List.of("--root", work.resolve("runtimes").toString(), "run", "--bundle", bundle.directory().toString(), id()));
        if (code != 0) {
            throw new IOException(words + " failed with " + code + ": " + Files.readString(output()));
        }
    }

    /** How many system calls a run makes, counted by strace(1) with all it starts. */
    long systemCalls(Bundle bundle) throws Exception {
        Path counts = work.resolve("counts");
        List<String> traced = new ArrayList<>(List.of("strace", "-f", "-c", "-o", counts.toString()));
        traced.addAll(words);
        new Command(traced, work).run(bundle);
        return Counts.total(counts);
    }

    /** Resident memory of the command itself, in KiB, while its container runs, which must take longer than a second. */
    long resident(Bundle lasting) throws Exception {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of("--root", work.resolve("runtimes").toString(), "run", "--bundle", lasting.directory().toString(), id()));
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
        long kib = 0;
        while (process.isAlive()) {
            try {
                kib = process.descendants().anyMatch(p -> p.info().command().filter(c -> c.endsWith("busybox")).isPresent())
                        ? Counts.of(Long.toString(process.pid()), "VmRSS")
                        : kib;
            } catch (IOException e) {
                // It has ended meanwhile.
                break;
            }
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        if (process.waitFor() != 0) {
            throw new IOException(words + " failed: " + Files.readString(output()));
        }
        return kib;
    }

    private int call(List<String> arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(words);
        all.addAll(arguments);
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(words + " did not end within 60 s");
        }
        return process.exitValue();
    }

    private static String id() {
        return "slipway-bench-" + NUMBER.incrementAndGet();
    }

    private Path output() {
        return work.resolve("output-" + Thread.currentThread().threadId());
    }
}
