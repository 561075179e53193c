package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.slipway.linux.ExtendedAttributes;
import io.slipway.linux.FileStatus;
import io.slipway.linux.FileType;
import io.slipway.linux.OpenDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images built from Debian's packages are unpacked as umoci and GNU tar unpack them: names, types, modes, owners, times, links, holes, attributes and
 * content. Packages are downloaded once and kept in {@code target/debian-packages}.
 */
class DebianImagesTest {
    private static final Path KEPT = Path.of("target/debian-packages");
    /** cap_net_raw=ep, version 2, as setcap(8) writes it. */
    private static final byte[] CAPABILITY = HexFormat.of().parseHex("0100000200200000000000000000000000000000");

    @TempDir
    private Path scratch;

    @ParameterizedTest
    @CsvSource({
        "base-files, posix",
        "tzdata, gnu",
        "sudo, posix",
        "passwd, gnu",
        "perl-base, posix",
        "ncurses-base, gnu",
        "hello, posix",
        "at, gnu",
        "iputils-ping, posix",
        "media-types, gnu"
    })
    void a_tree_is_as_umoci_and_as_tar_unpack_it(String name, String format) throws Exception {
        Path tree = tree(name);
        assertThat(list(tree)).hasSizeGreaterThan(12);
        assertThat(ofUmoci(tree)).isEqualTo(list(scratch.resolve("bundle/rootfs")));
        Path archive = archive(tree, format);
        Path tar = Files.createDirectory(scratch.resolve("tar"));
        run(
                "tar",
                "--xattrs",
                "--xattrs-include=*",
                "-p",
                "--same-owner",
                "--numeric-owner",
                "-C",
                tar.toString(),
                "-xf",
                archive.toString());
        assertThat(ofOurs(archive, format)).isEqualTo(list(tar));
    }

    /** The package's files, and what no package has. */
    private Path tree(String name) throws Exception {
        Path tree = Files.createDirectory(scratch.resolve("tree"));
        run("dpkg-deb", "-x", downloaded(name).toString(), tree.toString());
        Path extra = Files.createDirectories(tree.resolve("srv/ümlaut"));
        Files.writeString(extra.resolve("caps"), "ping");
        Files.setAttribute(extra.resolve("caps"), "unix:uid", 0);
        ExtendedAttributes.set(extra.resolve("caps"), "security.capability", CAPABILITY);
        ExtendedAttributes.set(extra.resolve("caps"), "user.note", new byte[] {0, -1, '\n', '='});
        ExtendedAttributes.set(extra, "user.of-a-directory", name.getBytes(StandardCharsets.UTF_8));
        Files.createLink(extra.resolve("second-name"), extra.resolve("caps"));
        Files.createSymbolicLink(extra.resolve("dangling"), Path.of("/no/where"));
        run("mkfifo", "-m", "0622", extra.resolve("fifo").toString());
        holes(extra.resolve("holes"));
        run("sh", "-c", "printf x > \"$0/$(printf 'bytes-\\377')\"", extra.toString());
        run(
                "chown",
                "-h",
                "1234:4321",
                extra.resolve("dangling").toString(),
                extra.resolve("holes").toString());
        run(
                "touch",
                "-h",
                "-d",
                "2001-02-03T04:05:06.123456789Z",
                extra.resolve("dangling").toString());
        run("chmod", "6711", extra.resolve("holes").toString());
        run("chmod", "1770", extra.toString());
        run("touch", "-d", "1969-12-31T23:59:58.5Z", extra.toString());
        return tree;
    }

    private static void holes(Path file) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at : new long[] {0, 1 << 20, 5 << 20}) {
                out.write(ByteBuffer.wrap("data".getBytes(StandardCharsets.US_ASCII)), at);
            }
        }
    }

    /** Has umoci build an image of the tree, unpack it to {@code bundle}, and us to the store; returns ours. */
    private List<String> ofUmoci(Path tree) throws Exception {
        String image = scratch.resolve("layout") + ":v";
        run("umoci", "init", "--layout", scratch.resolve("layout").toString());
        run("umoci", "new", "--image", image);
        Path made = scratch.resolve("made");
        run("umoci", "unpack", "--image", image, made.toString());
        run("cp", "-a", tree + "/.", made.resolve("rootfs").toString());
        run("umoci", "repack", "--image", image, made.toString());
        run("umoci", "unpack", "--image", image, scratch.resolve("bundle").toString());
        ImageStore store = ImageStore.open(scratch.resolve("store"), IdShift.NONE);
        return list(store.importFrom("oci:" + image).layers().getLast());
    }

    private Path archive(Path tree, String format) throws Exception {
        Path archive = scratch.resolve(format + ".tar");
        List<String> words = new ArrayList<>(List.of("tar", "--format=" + format, "--sparse", "--numeric-owner"));
        if (format.equals("posix")) {
            words.addAll(List.of("--xattrs", "--xattrs-include=*"));
        }
        words.addAll(List.of("-C", tree.toString(), "-cf", archive.toString(), "."));
        run(words.toArray(String[]::new));
        return archive;
    }

    private List<String> ofOurs(Path archive, String format) throws Exception {
        byte[] plain = Files.readAllBytes(archive);
        Path packed = archive;
        if (format.equals("gnu")) {
            packed = Files.write(Path.of(archive + ".zst"), Zstd.compress(plain));
        }
        LayerStore store = LayerStore.open(scratch.resolve("ours-" + format), IdShift.NONE, LayerLimits.DEFAULT);
        return list(store.unpack(packed, Digest.of(Files.readAllBytes(packed)), Digest.of(plain)));
    }

    private static Path downloaded(String name) throws Exception {
        Files.createDirectories(KEPT);
        if (find(name).isEmpty() && tried(KEPT, "apt-get", "-q", "download", name) != 0) {
            run(KEPT, "apt-get", "-q", "update");
            run(KEPT, "apt-get", "-q", "download", name);
        }
        return find(name).getFirst();
    }

    private static List<Path> find(String name) throws IOException {
        try (Stream<Path> files = Files.list(KEPT)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name + "_")
                            && file.getFileName().toString().endsWith(".deb"))
                    .map(Path::toAbsolutePath)
                    .toList();
        }
    }

    /** One line a name, with all that must be the same. */
    private static List<String> list(Path top) throws IOException {
        List<String> lines = new ArrayList<>();
        try (OpenDirectory directory = OpenDirectory.open(top)) {
            list(directory, "", lines, new HashMap<>());
        }
        return lines;
    }

    private static void list(OpenDirectory directory, String prefix, List<String> lines, Map<Long, String> first)
            throws IOException {
        for (String name : directory.list()) {
            FileStatus is = directory.status(name);
            String path = prefix + name;
            String same = is.type() == FileType.DIRECTORY ? "" : String.valueOf(first.putIfAbsent(is.inode(), path));
            lines.add("%s %s %o %d:%d %d %d.%09d same=%s link=%s %s %s"
                    .formatted(
                            path,
                            is.type(),
                            is.mode(),
                            is.uid(),
                            is.gid(),
                            is.type() == FileType.DIRECTORY ? 0 : is.size(),
                            is.seconds(),
                            is.nanos(),
                            same,
                            is.type() == FileType.SYMLINK ? directory.readLink(name) : "",
                            attributes(directory, name, is),
                            content(directory, name, is)));
            if (is.type() == FileType.DIRECTORY) {
                try (OpenDirectory below = directory.beneath(name)) {
                    list(below, path + "/", lines, first);
                }
            }
        }
    }

    private static Map<String, String> attributes(OpenDirectory directory, String name, FileStatus is)
            throws IOException {
        if (is.type() != FileType.REGULAR && is.type() != FileType.DIRECTORY) {
            return Map.of();
        }
        try (var file = directory.openToRead(name)) {
            return ExtendedAttributes.ofOpen(file.number());
        }
    }

    private static String content(OpenDirectory directory, String name, FileStatus is) throws IOException {
        if (is.type() != FileType.REGULAR) {
            return "";
        }
        try (var file = directory.openToRead(name);
                InputStream in = Files.newInputStream(Path.of("/proc/self/fd/" + file.number()))) {
            return Digest.of(in.readAllBytes()).brief();
        }
    }

    private static void run(String... words) throws Exception {
        run(Path.of("."), words);
    }

    private static void run(Path directory, String... words) throws Exception {
        assertThat(tried(directory, words)).as(Arrays.toString(words)).isZero();
    }

    private static int tried(Path directory, String... words) throws Exception {
        Process process = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            System.out.println(String.join(" ", words) + ": " + said);
        }
        return code;
    }
}
