package io.slipway.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What of Slipway can be seen on this host: cgroups and links by their names, and mounts, processes and files by the data directory they
 * belong to. Two of them, taken before and after, tell what was left behind.
 */
public record HostTraces(Set<String> traces) {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final Path LINKS = Path.of("/sys/class/net");
    private static final int CGROUP_DEPTH_MAX = 5;

    public static HostTraces of(Path directory) {
        Set<String> found = new TreeSet<>();
        cgroups(found);
        links(found);
        mounts(found, directory.toString());
        processes(found, directory.toString());
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            found.add("directory " + directory);
        }
        return new HostTraces(found);
    }

    public List<String> newSince(HostTraces before) {
        List<String> left = new ArrayList<>(traces);
        left.removeAll(before.traces);
        return left;
    }

    private static void cgroups(Set<String> found) {
        try (Stream<Path> tree = Files.walk(CGROUPS, CGROUP_DEPTH_MAX)) {
            tree.filter(path -> CGROUPS.relativize(path).toString().contains("slipway")
                            && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .forEach(path -> found.add("cgroup " + CGROUPS.relativize(path)));
        } catch (UncheckedIOException | IOException vanishing) {
            found.add("cgroups changed while they were listed: " + vanishing.getMessage());
        }
    }

    private static void links(Set<String> found) {
        try (Stream<Path> links = Files.list(LINKS)) {
            links.map(link -> link.getFileName().toString())
                    .filter(name -> name.startsWith("slipway"))
                    .forEach(name -> found.add("link " + name));
        } catch (IOException unreadable) {
            found.add("links cannot be listed: " + unreadable.getMessage());
        }
    }

    private static void mounts(Set<String> found, String directory) {
        for (String line : read(Path.of("/proc/self/mounts")).split("\n", -1)) {
            String[] fields = line.split(" ", 3);
            if (fields.length > 1 && fields[1].startsWith(directory)) {
                found.add("mount " + fields[1]);
            }
        }
    }

    private static void processes(Set<String> found, String directory) {
        long self = ProcessHandle.current().pid();
        ProcessHandle.allProcesses().filter(process -> process.pid() != self).forEach(process -> {
            String command = read(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .replace('\0', ' ')
                    .strip();
            if (command.contains(directory)) {
                found.add("process " + process.pid() + " " + command.substring(0, Math.min(120, command.length())));
            }
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
