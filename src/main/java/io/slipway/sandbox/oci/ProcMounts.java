package io.slipway.sandbox.oci;

import io.slipway.sandbox.ProcFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What may be mounted on {@code /proc} and below it. Something else there would stand for the kernel to whoever reads or writes it: labels, masks, the
 * application (CVE-2019-16884, CVE-2019-19921). The rules are runc's.
 */
final class ProcMounts {
    private static final String PROC = "/proc";
    /** Of the top directory of each procfs (include/linux/proc_fs.h). */
    private static final long ROOT_INODE = 1;

    private static final int LINKS_MAX = 40;

    private ProcMounts() {}

    /** What its destination says by itself. */
    static void check(Node mount, String destination, String type, boolean bind) throws ConfigException {
        if (isBelow(destination)) {
            throw mount.at("destination").wrong(fix());
        }
        if (destination.equals(PROC) && !bind && !type.equals("proc")) {
            throw mount.at("type").wrong("on /proc there is mounted proc alone; write \"proc\"");
        }
    }

    /**
     * What it comes to in a root file system, whose links lead elsewhere.
     *
     * @param source of a bind mount, on the host
     */
    static void check(MountConfig mount, Path rootfs, Path source) throws IOException {
        String place = resolved(rootfs, mount.destination());
        if (isBelow(place)) {
            throw new OciException(mount.path() + ".destination is \"" + mount.destination()
                    + "\", which links of the root file system lead to " + place + "; " + fix());
        }
        boolean onProc = place.equals(PROC) || mount.destination().equals(PROC);
        if (onProc && !(mount.bind() ? isProc(source) : mount.type().equals("proc"))) {
            throw new OciException(mount.path() + " would mount "
                    + (mount.bind() ? source + ", which is not the top of a proc file system," : mount.type())
                    + " on /proc; mount proc there, or name another destination");
        }
    }

    /** Whether it may come to lie on proc: by what it says itself, as links may have changed since they were looked at. */
    static boolean mayCover(MountConfig mount) {
        return mount.destination().equals(PROC) || ProcFiles.COVERABLE.contains(mount.destination());
    }

    static String fix() {
        return "nothing is mounted below /proc but on " + String.join(", ", new TreeSet<>(ProcFiles.COVERABLE));
    }

    private static boolean isBelow(String place) {
        return place.startsWith(PROC + "/") && !ProcFiles.COVERABLE.contains(place);
    }

    private static boolean isProc(Path source) throws IOException {
        return Files.getFileStore(source).type().equals("proc")
                && Files.getAttribute(source, "unix:ino").equals(ROOT_INODE);
    }

    /** Where a path leads within a root, as far as there is something there; the rest of it as it is written. */
    private static String resolved(Path root, String path) throws IOException {
        Deque<String> left = new ArrayDeque<>(names(path));
        List<String> done = new ArrayList<>();
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            Path at = root.resolve(String.join("/", done)).resolve(name);
            if (name.equals("..")) {
                // Above the top there is the top.
                if (!done.isEmpty()) {
                    done.removeLast();
                }
            } else if (links < LINKS_MAX && Files.isSymbolicLink(at)) {
                links++;
                String target = Files.readSymbolicLink(at).toString();
                if (target.startsWith("/")) {
                    done.clear();
                }
                names(target).reversed().forEach(left::addFirst);
            } else {
                done.add(name);
            }
        }
        return "/" + String.join("/", done);
    }

    private static List<String> names(String path) {
        return Stream.of(path.split("/"))
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .toList();
    }
}
