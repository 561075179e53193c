package io.slipway.sandbox;

import io.slipway.linux.Errno;
import io.slipway.linux.FileType;
import io.slipway.linux.OpenDirectory;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what an image's {@code USER} means, in the image's own /etc/passwd and /etc/group (passwd(5), group(5)). */
final class Accounts {
    private static final long FILE_BYTES_MAX = 1 << 20;
    static final int ID_MAX = 65_535;
    private static final int ID_DIGITS_MAX = 5;
    private final List<String[]> passwd;
    private final List<String[]> group;

    Accounts(List<Path> layers) throws IOException {
        Optional<List<String[]>> users = Optional.empty();
        Optional<List<String[]>> groups = Optional.empty();
        for (Path layer : layers.reversed()) {
            try (OpenDirectory root = OpenDirectory.open(layer)) {
                // Links are not followed: they would be resolved against the host's root.
                if (root.type("etc").filter(FileType.DIRECTORY::equals).isPresent()) {
                    try (OpenDirectory etc = root.beneath("etc")) {
                        users = users.isPresent() ? users : lines(etc, layer, "passwd");
                        groups = groups.isPresent() ? groups : lines(etc, layer, "group");
                    }
                }
            } catch (SyscallException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
                // A layer that is not there: who mounts it says so.
                continue;
            }
        }
        passwd = users.orElse(List.of());
        group = groups.orElse(List.of());
    }

    /** @param home of the user, {@code /} when unknown */
    record User(int uid, int gid, List<Integer> groups, String home) {}

    /** The application's user, with the groups asked for beside its own. */
    User find(Application application) throws IOException {
        User found = find(application.user());
        List<Integer> groups = new ArrayList<>(found.groups());
        for (String group : application.groups()) {
            groups.add(groupId(group, "group '" + group + "'"));
        }
        return new User(found.uid(), found.gid(), groups.stream().distinct().toList(), found.home());
    }

    private User find(String user) throws IOException {
        String[] part = (user.isBlank() ? "0" : user).split(":", 2);
        Optional<String[]> entry = passwd.stream()
                .filter(e -> e.length >= 6 && (e[0].equals(part[0]) || e[2].equals(part[0])))
                .findFirst();
        String what = "user '" + user + "'";
        int uid = id(entry.isPresent() ? entry.get()[2] : part[0], what, "passwd");
        int gid = entry.isPresent() ? id(entry.get()[3], what, "passwd") : 0;
        List<Integer> groups = new ArrayList<>();
        if (part.length == 2) {
            gid = groupId(part[1], "user '" + user + "'");
        } else if (entry.isPresent()) {
            groups.addAll(groupsOf(entry.get()[0]));
        }
        return new User(
                uid, gid, groups, entry.map(e -> e[5]).filter(h -> !h.isBlank()).orElse("/"));
    }

    /** The first name that has the number; empty when none has. */
    Optional<String> name(int uid) {
        String number = Integer.toString(uid);
        return passwd.stream()
                .filter(e -> e.length >= 3 && e[2].equals(number))
                .map(e -> e[0])
                .findFirst();
    }

    private int groupId(String name, String what) throws IOException {
        Optional<String[]> entry =
                group.stream().filter(e -> e.length >= 3 && e[0].equals(name)).findFirst();
        return id(entry.isPresent() ? entry.get()[2] : name, what, "group");
    }

    private List<Integer> groupsOf(String name) throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (String[] entry : group) {
            if (entry.length >= 4 && List.of(entry[3].split(",")).contains(name)) {
                ids.add(id(entry[2], "user '" + name + "'", "group"));
            }
        }
        return ids;
    }

    // Above the mapped range an id would be refused by the kernel, or wrap around to another user (CVE-2024-40635).
    private static int id(String text, String what, String file) throws IOException {
        if (isId(text)) {
            return Integer.parseInt(text);
        }
        throw new IOException(what + ": '" + text + "' is neither a name in the image's /etc/" + file
                + " nor an id from 0 to " + ID_MAX);
    }

    static boolean isId(String text) {
        // No pattern: it would be made anew for each start.
        boolean number = !text.isEmpty()
                && text.length() <= ID_DIGITS_MAX
                && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        return number && Integer.parseInt(text) <= ID_MAX;
    }

    /** Empty if it is not there; without a line if it is no file. */
    private static Optional<List<String[]>> lines(OpenDirectory etc, Path layer, String name) throws IOException {
        Optional<FileType> found = etc.type(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                found.get() == FileType.REGULAR ? parse(layer.resolve("etc").resolve(name)) : List.of());
    }

    private static List<String[]> parse(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException("the image's " + file.getFileName() + " file is over " + FILE_BYTES_MAX + " bytes");
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return text.lines().map(line -> line.split(":", -1)).toList();
    }
}
