package io.slipway.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what an image's {@code USER} means, in the image's own /etc/passwd and /etc/group (passwd(5), group(5)). */
final class Accounts {
    private static final long FILE_BYTES_MAX = 1 << 20;
    static final int ID_MAX = 65_535;
    private final List<String[]> passwd;
    private final List<String[]> group;

    Accounts(List<Path> layers) throws IOException {
        passwd = lines(layers, "passwd");
        group = lines(layers, "group");
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
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= ID_MAX;
    }

    private static List<String[]> lines(List<Path> layers, String name) throws IOException {
        for (Path layer : layers.reversed()) {
            Path etc = layer.resolve("etc");
            Path file = etc.resolve(name);
            // Links are not followed: they would be resolved against the host's root.
            BasicFileAttributes found = Files.isDirectory(etc, LinkOption.NOFOLLOW_LINKS) ? attributes(file) : null;
            if (found != null) {
                return found.isRegularFile() ? parse(file) : List.of();
            }
        }
        return List.of();
    }

    /** An exception for each file that an image does not have would take as long as ten such looks. */
    private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
        return file.getFileSystem()
                .provider()
                .readAttributesIfExists(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static List<String[]> parse(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException("the image's " + file.getFileName() + " file is over " + FILE_BYTES_MAX + " bytes");
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return text.lines().map(line -> line.split(":", -1)).toList();
    }
}
