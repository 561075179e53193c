package io.slipway.sandbox.oci;

import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Directories of containers that are not there yet, or no longer. Their names say whose they are: what the killed have left is taken away. */
final class HiddenDirectories {
    private static final Pattern NAME = Pattern.compile("\\.(?:new|gone)-([0-9]+-[0-9]+)-[0-9]+");
    private static final AtomicLong NEXT = new AtomicLong();

    private HiddenDirectories() {}

    static Path make(Path root) throws IOException {
        return Files.createDirectory(
                root.resolve(name("new")),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Takes a container's out of sight; returns where it is then. */
    static Path take(Path directory) throws IOException {
        return Files.move(directory, directory.resolveSibling(name("gone")), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String name(String kind) throws IOException {
        return "." + kind + "-" + ProcessIdentity.self().text() + "-" + NEXT.getAndIncrement();
    }

    static boolean isHidden(Path directory) {
        return directory.getFileName().toString().startsWith(".");
    }

    /** Takes away those of processes that have ended. */
    static void sweep(Path root) throws IOException {
        try (var children = Files.list(root)) {
            for (Path child : children.filter(HiddenDirectories::isHidden).toList()) {
                Matcher name = NAME.matcher(child.getFileName().toString());
                if (name.matches() && !isOfSomebody(name.group(1))) {
                    delete(child);
                }
            }
        }
    }

    private static boolean isOfSomebody(String owner) {
        return ProcessIdentity.parse(owner).filter(ProcessIdentity::runs).isPresent();
    }

    /** Also while another does. */
    static void delete(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        } catch (NoSuchFileException | java.io.UncheckedIOException e) {
            if (Files.exists(directory)) {
                throw e;
            }
        }
    }
}
