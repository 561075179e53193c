package io.slipway.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The limit: a resident process in C that does what is needed at least ({@code src/bench/floor/floor.c}). */
final class Floor implements AutoCloseable {
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    private Floor(Process process) {
        this.process = process;
        in = process.outputWriter();
        out = process.inputReader();
    }

    /** Two of them; none when there is no C compiler. */
    static List<Floor> build(BenchRoot bench) throws IOException, InterruptedException {
        Optional<Path> program = compile(bench, "floor");
        return program.isEmpty()
                ? List.of()
                : List.of(start(bench, program.get(), "floor"), start(bench, program.get(), "floor2"));
    }

    /** A program of {@code src/bench/floor}; empty when there is no C compiler. */
    static Optional<Path> compile(BenchRoot bench, String name) throws IOException, InterruptedException {
        return compile(bench.work(), name);
    }

    /** The same, into a directory. */
    static Optional<Path> compile(Path into, String name) throws IOException, InterruptedException {
        Path program = into.resolve(name);
        try {
            Process compiler = new ProcessBuilder("cc", "-O2", "-o", program.toString(), "src/bench/floor/" + name + ".c")
                    .inheritIO()
                    .start();
            return compiler.waitFor() == 0 ? Optional.of(program) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Floor start(BenchRoot bench, Path program, String name) throws IOException {
        Path work = Files.createDirectory(bench.work().resolve(name + "-work"));
        List<String> command = new ArrayList<>(List.of(program.toString(), bench.root().toString(), work.toString()));
        for (String controller : List.of("memory", "cpu", "cpuacct", "pids")) {
            Path hierarchy = Path.of("/sys/fs/cgroup", controller);
            if (Files.exists(hierarchy.resolve("tasks"))) {
                command.add(hierarchy.resolve("slipway-" + name).toString());
            }
        }
        return new Floor(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    long pid() {
        return process.pid();
    }

    /** One container. */
    void once() throws IOException {
        ask("");
    }

    /** The same program without one. */
    void spawn() throws IOException {
        ask("spawn");
    }

    private void ask(String what) throws IOException {
        in.write(what);
        in.newLine();
        in.flush();
        if (out.readLine() == null) {
            throw new IOException("the floor program ended");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
