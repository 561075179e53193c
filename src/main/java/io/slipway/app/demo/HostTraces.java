package io.slipway.app.demo;

import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What one installation has on this host: cgroups and links by its owner's names, mounts, processes and files by its directory. Taken while it
 * runs, it tells afterwards what was left behind; what others have on the host is no business of it.
 *
 * @param bridge its bridge
 * @param cgroup the name of its cgroup in each hierarchy
 * @param links its bridge and what is joined to it
 */
public record HostTraces(Path directory, String bridge, String cgroup, List<String> links) {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final Path LINKS = Path.of("/sys/class/net");
    private static final int CGROUP_DEPTH_MAX = 5;
    private static final int OWNER_CHARS = 8;

    /** Of an installation with its data in {@code directory/data}. */
    public static HostTraces of(Path directory) throws IOException {
        Path data = directory.resolve("data").toRealPath();
        String owner = Files.readString(data.resolve("owner")).strip();
        String bridge = "slipway" + owner.substring(0, OWNER_CHARS);
        String cgroup = Sandboxes.cgroupName(data.resolve("containers"), owner);
        return new HostTraces(directory.toRealPath(), bridge, cgroup, links(bridge));
    }

    /** What of it is still there. */
    public List<String> left() throws IOException {
        TreeSet<String> found = new TreeSet<>();
        cgroups().forEach(path -> found.add("cgroup " + path));
        links.stream()
                .filter(link -> Files.exists(LINKS.resolve(link), LinkOption.NOFOLLOW_LINKS))
                .forEach(link -> found.add("link " + link));
        mounts().forEach(mount -> found.add("mount " + mount));
        processes().forEach(process -> found.add("process " + process));
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            found.add("directory " + directory);
        }
        return List.copyOf(found);
    }

    private static List<String> links(String bridge) throws IOException {
        try (Stream<Path> all = Files.list(LINKS)) {
            Predicate<Path> joined = link -> Files.exists(link.resolve("master"))
                    && readLink(link.resolve("master")).equals(bridge);
            return all.filter(link -> link.getFileName().toString().equals(bridge) || joined.test(link))
                    .map(link -> link.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private List<Path> cgroups() throws IOException {
        try (Stream<Path> tree = Files.walk(CGROUPS, CGROUP_DEPTH_MAX)) {
            return tree.map(CGROUPS::relativize)
                    .filter(path -> path.toString().contains(cgroup))
                    .filter(path -> Files.isDirectory(CGROUPS.resolve(path)))
                    .toList();
        } catch (UncheckedIOException vanishing) {
            // A cgroup of somebody else went away while it was listed: once more.
            return cgroups();
        }
    }

    private List<String> mounts() {
        List<String> mounts = new ArrayList<>();
        for (String line : read(Path.of("/proc/self/mounts")).split("\n", -1)) {
            String[] fields = line.split(" ", 3);
            if (fields.length > 1 && fields[1].startsWith(directory.toString())) {
                mounts.add(fields[1]);
            }
        }
        return mounts;
    }

    private List<String> processes() {
        List<String> processes = new ArrayList<>();
        long self = ProcessHandle.current().pid();
        ProcessHandle.allProcesses().filter(process -> process.pid() != self).forEach(process -> {
            String command = read(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .replace('\0', ' ')
                    .strip();
            if (command.contains(directory.toString())) {
                processes.add(process.pid() + " " + command.substring(0, Math.min(120, command.length())));
            }
        });
        return processes;
    }

    private static String readLink(Path link) {
        try {
            return link.toRealPath().getFileName().toString();
        } catch (IOException gone) {
            return "";
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
