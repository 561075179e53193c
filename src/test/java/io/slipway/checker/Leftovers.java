package io.slipway.checker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What containers leave on a machine when they are not taken away whole: cgroups, mounts, links, named network namespaces and processes. Take a
 * {@link #now snapshot} before, and ask for {@link #since} afterwards: others may be at work on the same machine.
 */
public record Leftovers(Set<String> found) {
    private static final String OURS = "slipway";

    /** Everything under our names on this machine. */
    public static Leftovers now() {
        try {
            Set<String> found = new TreeSet<>();
            cgroups(found);
            mounts(found);
            named(found, "link", Path.of("/sys/class/net"));
            named(found, "network namespace", Path.of("/run/netns"));
            processes(found);
            return new Leftovers(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is there now and was not then. */
    public List<String> since() {
        List<String> added = new ArrayList<>(now().found);
        added.removeAll(found);
        return added;
    }

    /** As {@link #since}, of those that contain the text, e.g. a state directory or an owner's cgroup name. */
    public List<String> since(String text) {
        return since().stream().filter(left -> left.contains(text)).toList();
    }

    private static void cgroups(Set<String> found) throws IOException {
        Files.walkFileTree(Path.of("/sys/fs/cgroup"), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                if (dir.getFileName().toString().startsWith(OURS)) {
                    found.add("cgroup " + dir);
                    try (var below = Files.walk(dir)) {
                        below.filter(Files::isDirectory).forEach(d -> found.add("cgroup " + d));
                    } catch (IOException | UncheckedIOException e) {
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void mounts(Set<String> found) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            if (line.contains(OURS) || line.contains(" - overlay ")) {
                found.add("mount " + line);
            }
        }
    }

    private static void named(Set<String> found, String what, Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (var entries = Files.list(directory)) {
                entries.map(e -> e.getFileName().toString())
                        .filter(name -> name.startsWith(OURS) || name.startsWith("slw"))
                        .forEach(name -> found.add(what + " " + name));
            }
        }
    }

    /** It waits for the host's init to collect it; one that waits for us is ours. */
    private static boolean orphanThatEnded(Path process) throws IOException {
        List<String> status = Files.readAllLines(process.resolve("status"));
        return status.stream().anyMatch(line -> line.startsWith("State:\tZ")) && status.contains("PPid:\t1");
    }

    private static void processes(Set<String> found) throws IOException {
        try (var entries = Files.list(Path.of("/proc"))) {
            for (Path process : entries.filter(p -> p.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                try {
                    // Those in a container, by their cgroup; and pid 1 itself, by what it executes.
                    String cgroup = Files.readString(process.resolve("cgroup"));
                    if (orphanThatEnded(process)) {
                        continue;
                    }
                    if (cgroup.lines().anyMatch(line -> line.contains("/" + OURS))) {
                        String command =
                                Files.readString(process.resolve("comm")).strip();
                        found.add("process " + process.getFileName() + " " + command + " "
                                + cgroup.lines()
                                        .filter(l -> l.contains("/" + OURS))
                                        .findFirst()
                                        .orElse(""));
                    }
                } catch (IOException e) {
                    // It ended meanwhile.
                    continue;
                }
            }
        }
    }
}
