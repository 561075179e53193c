package io.slipway.agent;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Our own programs as a child of another user can run them. What only we can read is copied below {@code DATA/app}, once per version: children
 * that outlived us still load from the copies that they were started with.
 */
final class Programs {
    private static final String MAIN = "io.slipway.app.Main";
    private final Path java;
    private final String classPath;

    private Programs(Path java, String classPath) {
        this.java = java;
        this.classPath = classPath;
    }

    static Programs stage(Path into) throws IOException {
        Path home = Path.of(System.getProperty("java.home")).toRealPath();
        if (DataDirectory.isRoot()) {
            DataDirectory.requireReachable(
                    home, "the JDK", "Set JAVA_HOME to one that everybody can read, for example in /opt");
        }
        List<Path> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry).toAbsolutePath().normalize();
            if (Files.exists(path)) {
                entries.add(path);
                entries.addAll(named(path));
            }
        }
        if (DataDirectory.isRoot() && !entries.stream().allMatch(Programs::readableByAll)) {
            entries = copy(entries, into);
        }
        return new Programs(
                home.resolve("bin/java"),
                String.join(
                        File.pathSeparator, entries.stream().map(Path::toString).toList()));
    }

    /** {@code java options -cp ... Main arguments}. */
    List<String> argv(List<String> options, List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of(java.toString()));
        argv.addAll(options);
        argv.addAll(List.of("-cp", classPath, MAIN));
        argv.addAll(arguments);
        return argv;
    }

    /** What a jar's manifest names, by URLs relative to the jar, so that a thin jar needs no layout of its own beside the copies. */
    private static List<Path> named(Path entry) throws IOException {
        List<Path> named = new ArrayList<>();
        if (Files.isRegularFile(entry)) {
            try (JarFile jar = new JarFile(entry.toFile())) {
                String value = jar.getManifest() == null
                        ? null
                        : jar.getManifest().getMainAttributes().getValue("Class-Path");
                for (String name : value == null ? new String[0] : value.split(" ")) {
                    Path path = Path.of(entry.toUri().resolve(name)).normalize();
                    if (!name.isEmpty() && Files.exists(path)) {
                        named.add(path);
                    }
                }
            }
        }
        return named;
    }

    private static boolean readableByAll(Path entry) {
        try {
            DataDirectory.requireReachable(entry.toRealPath().resolve("..").normalize(), "", "");
            try (Stream<Path> all = Files.walk(entry)) {
                return all.allMatch(Programs::isOpen);
            }
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isOpen(Path path) {
        try {
            return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> copy(List<Path> entries, Path below) throws IOException {
        Path into = below.resolve(version(entries));
        List<Path> copies = new ArrayList<>();
        entries.forEach(entry -> copies.add(into.resolve(copies.size() + "-" + entry.getFileName())));
        if (!Files.isDirectory(into)) {
            Directories.make(below, "rwxr-xr-x");
            Path partial = below.resolve("partial");
            Directories.delete(partial);
            Directories.make(partial, "rwxr-xr-x");
            for (int i = 0; i < entries.size(); i++) {
                copy(entries.get(i), partial.resolve(copies.get(i).getFileName()));
            }
            Files.move(partial, into);
        }
        return copies;
    }

    /** Changes with any file's name, size or time. */
    private static String version(List<Path> entries) throws IOException {
        CRC32 sum = new CRC32();
        for (Path entry : entries) {
            try (Stream<Path> all = Files.walk(entry)) {
                for (Path path : (Iterable<Path>) all.sorted()::iterator) {
                    String line = path + " " + Files.size(path) + " " + Files.getLastModifiedTime(path);
                    sum.update(line.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return String.format(Locale.ROOT, "%08x", sum.getValue());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path target = to.resolve(from.relativize(path).toString());
                boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                Files.copy(path, target);
                Files.setPosixFilePermissions(
                        target, PosixFilePermissions.fromString(directory ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }
}
