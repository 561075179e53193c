package io.slipway.app.demo;

import io.slipway.image.LayerTar;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** A root file system that can run java.base: a runtime linked from the running JDK, and the host's C library that it needs. */
final class SampleRuntime {
    private static final String TRIPLET =
            System.getProperty("os.arch").equals("aarch64") ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
    private static final List<String> LIBRARY_DIRECTORIES =
            List.of("/lib/" + TRIPLET, "/usr/lib/" + TRIPLET, "/lib64", "/usr/lib64", "/lib", "/usr/lib");

    private SampleRuntime() {}

    /** @param scratch a directory that does not exist; removed again */
    static void write(LayerTar layer, Path scratch) throws IOException {
        link(scratch);
        try {
            layer.directory("opt", 0755).tree(scratch, "opt/java");
            SortedMap<String, Path> libraries = libraries(scratch);
            for (String directory : parents(libraries)) {
                layer.directory(directory, 0755);
            }
            for (var library : libraries.entrySet()) {
                layer.copy(library.getValue(), library.getKey());
            }
        } finally {
            remove(scratch);
        }
    }

    private static void link(Path to) throws IOException {
        ToolProvider jlink = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new IOException("this Java has no jlink, which the sample image is made with; "
                        + "run slipway with a JDK 25 instead of a JRE"));
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code = jlink.run(
                out,
                out,
                "--add-modules",
                "java.base",
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--vm",
                "server",
                "--output",
                to.toString());
        if (code != 0) {
            throw new IOException("jlink could not make a runtime for the sample image: "
                    + said.toString().strip());
        }
    }

    /** By their path in the image without its leading slash. */
    private static SortedMap<String, Path> libraries(Path runtime) throws IOException {
        SortedMap<String, Path> found = new TreeMap<>();
        Deque<Path> toRead = new ArrayDeque<>();
        try (Stream<Path> files = Files.walk(runtime)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (ElfFile.isElf(file)) {
                    toRead.add(file);
                }
            }
        }
        List<String> own =
                toRead.stream().map(file -> file.getFileName().toString()).toList();
        while (!toRead.isEmpty()) {
            ElfFile elf = ElfFile.read(toRead.remove());
            elf.interpreter().ifPresent(path -> found.put(path.substring(1), Path.of(path)));
            for (String name : elf.needed()) {
                Optional<Path> library = own.contains(name) ? Optional.empty() : find(name);
                if (library.isPresent()
                        && found.putIfAbsent(library.get().toString().substring(1), library.get()) == null) {
                    toRead.add(library.get());
                }
            }
        }
        return found;
    }

    private static Optional<Path> find(String name) {
        return LIBRARY_DIRECTORIES.stream()
                .map(directory -> Path.of(directory, name))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static List<String> parents(SortedMap<String, Path> files) {
        return files.keySet().stream()
                .flatMap(file -> Stream.iterate(file.lastIndexOf('/'), i -> i > 0, i -> file.lastIndexOf('/', i - 1))
                        .map(i -> file.substring(0, i)))
                .distinct()
                .sorted()
                .toList();
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
