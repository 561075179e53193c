package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of GNU tar and of others, whole, cut and damaged. */
class TarReaderTest {
    @TempDir
    private Path scratch;

    /** An entry with what the archive holds of its content. */
    private record Read(TarEntry entry, ByteArrayOutputStream held) {
        byte[] content() {
            return held.toByteArray();
        }
    }

    @Test
    void an_archive_cut_between_entries_is_whole_and_one_cut_within_an_entry_is_refused() throws Exception {
        byte[] archive = LayerTar.bytes(tar -> tar.file("a", new byte[700], 0644)
                .directory("d", 0755)
                .file("d/" + "long".repeat(60), "content".getBytes(StandardCharsets.UTF_8), 0600)
                .file("full", new byte[512], 0644)
                .symlink("s", "a"));
        List<long[]> bounds = bounds(archive);
        for (int cut = 0; cut <= archive.length; cut++) {
            int at = cut;
            boolean within = bounds.stream().anyMatch(b -> b[0] < at && at < b[1]);
            long whole = bounds.stream().filter(b -> b[1] <= at).count();
            byte[] some = Arrays.copyOf(archive, cut);
            if (within) {
                assertThatThrownBy(() -> read(some)).as("cut at " + cut).isInstanceOf(RefusedEntry.class);
            } else if (cut < archive.length - 1024 || cut % 512 == 0) {
                assertThat(read(some)).as("cut at " + cut).hasSize((int) whole);
            }
        }
    }

    /** Where each entry begins, its extended header included, and where its content ends. */
    private static List<long[]> bounds(byte[] archive) throws IOException {
        List<long[]> bounds = new ArrayList<>();
        long begin = 0;
        try (TarFile file = new TarFile(archive)) {
            for (TarArchiveEntry entry : file.getEntries()) {
                long end = entry.getDataOffset() + entry.getSize();
                bounds.add(new long[] {begin, end});
                begin = (end + 511) / 512 * 512;
            }
        }
        return bounds;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "oldgnu", "posix", "ustar", "v7"})
    void every_format_of_gnu_tar_gives_the_same_entries(String format) throws Exception {
        Path tree = Files.createDirectories(scratch.resolve("tree/" + "sub".repeat(20)));
        Files.writeString(tree.resolve("file"), "content");
        Files.createSymbolicLink(tree.resolve("link"), Path.of("file"));
        Files.createLink(tree.resolve("second"), tree.resolve("file"));
        List<Read> entries =
                tar("--format=" + format, "--sort=name", "--owner=1234", "--group=5678", "--mtime=@1700000000", "tree");
        assertThat(entries.stream()
                        .map(e -> e.entry().name() + " " + e.entry().type() + " "
                                + e.entry().link() + " "
                                + e.entry().uid() + ":" + e.entry().gid() + " "
                                + e.entry().seconds() + " "
                                + new String(e.content(), StandardCharsets.UTF_8)))
                .containsExactly(
                        "tree/ 5  1234:5678 1700000000 ",
                        "tree/" + "sub".repeat(20) + "/ 5  1234:5678 1700000000 ",
                        "tree/" + "sub".repeat(20) + "/file 0  1234:5678 1700000000 content",
                        "tree/" + "sub".repeat(20) + "/link 2 file 1234:5678 1700000000 ",
                        "tree/" + "sub".repeat(20) + "/second 1 tree/" + "sub".repeat(20)
                                + "/file 1234:5678 1700000000 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "posix"})
    void names_of_any_length_and_of_any_bytes_come_as_they_are(String format) throws Exception {
        String deep = ("d".repeat(200) + "/").repeat(5) + "f".repeat(250);
        Path file = scratch.resolve(deep);
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of("t".repeat(900)));
        run("sh", "-c", "touch \"$(printf 'raw-\\377-\\303\\244')\"");
        List<Read> entries =
                tar("--format=" + format, "-C", scratch.toString(), "--transform=s,^\\./,,", "d".repeat(200), ".");
        TarEntry link = entries.stream()
                .filter(e -> e.entry().name().equals(deep))
                .findFirst()
                .orElseThrow()
                .entry();
        assertThat(link.link()).isEqualTo("t".repeat(900));
        assertThat(entries).anyMatch(e -> e.entry().name().equals("raw-\u00ff-\u00c3\u00a4"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--format=gnu",
                "--format=posix --sparse-version=0.0",
                "--format=posix --sparse-version=0.1",
                "--format=posix --sparse-version=1.0"
            })
    void every_format_of_files_with_holes_is_understood(String format) throws Exception {
        Path file = scratch.resolve("holes");
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 60; i++) {
                out.write(ByteBuffer.wrap(("part " + i).getBytes(StandardCharsets.UTF_8)), i * (1L << 20));
            }
            out.write(ByteBuffer.wrap(new byte[1]), (100L << 20) - 1);
        }
        List<String> words = new ArrayList<>(List.of(format.split(" ")));
        words.addAll(List.of("--sparse", "-C", scratch.toString(), "holes"));
        Read read = tar(words.toArray(String[]::new)).getFirst();
        SparseMap map = read.entry().sparse().orElseThrow();
        assertThat(read.entry().name()).isEqualTo("holes");
        assertThat(read.entry().size()).isEqualTo(100L << 20).isEqualTo(map.size());
        int at = 0;
        for (SparseMap.Part part : map.parts()) {
            byte[] expected = new byte[(int) part.length()];
            try (FileChannel in = FileChannel.open(file)) {
                in.read(ByteBuffer.wrap(expected), part.offset());
            }
            assertThat(Arrays.copyOfRange(read.content(), at, at + expected.length))
                    .isEqualTo(expected);
            at += expected.length;
        }
        assertThat(at).isEqualTo(read.content().length).isLessThan(10 << 20);
    }

    @Test
    void numbers_beyond_octal_times_of_nanoseconds_and_attributes_of_any_bytes_are_read() throws Exception {
        byte[] value = {0, (byte) 0xff, '=', '\n', 7};
        Path file = Files.writeString(scratch.resolve("f"), "x");
        Files.setAttribute(file, "user:note", ByteBuffer.wrap(value));
        run("touch", "-d", "@-5.250000001", file.toString());
        TarEntry posix = tar("--format=posix", "--xattrs", "--owner=:3000000000", "-C", scratch.toString(), "f")
                .getFirst()
                .entry();
        assertThat(posix.uid()).isEqualTo(3_000_000_000L);
        assertThat(posix.attributes()).containsOnlyKeys("user.note");
        assertThat(posix.attributes().get("user.note")).isEqualTo(value);
        assertThat(posix.seconds()).isEqualTo(-6);
        assertThat(posix.nanos()).isEqualTo(749_999_999);
        TarEntry gnu = tar("--format=gnu", "--owner=:3000000000", "-C", scratch.toString(), "f")
                .getFirst()
                .entry();
        assertThat(gnu.uid()).isEqualTo(3_000_000_000L);
        assertThat(gnu.seconds()).isEqualTo(-6);
    }

    @Test
    void a_map_of_holes_that_does_not_fit_the_file_is_refused() {
        for (String map : List.of("0,5", "0,4,2,2", "9000,4", "4,-1,0,5", "0,4,1", "0,x")) {
            byte[] header =
                    (record("GNU.sparse.size=8192") + record("GNU.sparse.map=" + map)).getBytes(StandardCharsets.UTF_8);
            TarArchiveEntry extended = LayerTar.entry("x", TarConstants.LF_PAX_EXTENDED_HEADER_LC, 0644);
            assertThatThrownBy(() ->
                            read(LayerTar.bytes(tar -> tar.raw(extended, header).file("f", new byte[4], 0644))))
                    .as(map)
                    .isInstanceOf(RefusedEntry.class);
        }
    }

    @Test
    void archives_damaged_by_chance_are_read_or_refused_and_nothing_else() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path file = Files.write(scratch.resolve("holes"), new byte[3_000]);
        Files.setAttribute(file, "user:note", ByteBuffer.wrap(new byte[] {1, 2, 3}));
        List<byte[]> archives = new ArrayList<>();
        for (String format : List.of("--format=posix", "--format=gnu", "--format=oldgnu")) {
            archives.add(bytes(
                    format,
                    "--sparse",
                    "--xattrs",
                    "-C",
                    scratch.toString(),
                    "holes",
                    "--transform=s,holes," + "n".repeat(120) + ","));
        }
        for (int i = 0; i < 6_000; i++) {
            byte[] archive = archives.get(random.nextInt(archives.size())).clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                int at = random.nextInt(archive.length);
                archive[at] = (byte)
                        (random.nextBoolean() ? random.nextInt(256) : "0123456789 =\n".charAt(random.nextInt(13)));
                mendChecksum(archive, at / 512 * 512);
            }
            try {
                read(archive);
            } catch (RefusedEntry e) {
                assertThat(e.problem()).isNotEmpty();
            } catch (RuntimeException | Error e) {
                fail("seed " + seed + ", archive " + i, e);
            }
        }
    }

    private static String record(String text) {
        // Two digits, a space and a line's end.
        return text.length() + 4 + " " + text + "\n";
    }

    /** So that the damage is not found by the checksum alone. */
    private static void mendChecksum(byte[] archive, int header) {
        if (!new String(archive, header + 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
            return;
        }
        Arrays.fill(archive, header + 148, header + 156, (byte) ' ');
        int sum = 0;
        for (int i = header; i < header + 512; i++) {
            sum += archive[i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(digits, 0, archive, header + 148, digits.length);
    }

    private List<Read> tar(String... words) throws Exception {
        return read(bytes(words));
    }

    private byte[] bytes(String... words) throws Exception {
        Path archive = Files.createTempFile(scratch, "archive", ".tar");
        run(Stream.concat(Stream.of("tar", "-cf", archive.toString()), Stream.of(words))
                .toArray(String[]::new));
        byte[] all = Files.readAllBytes(archive);
        Files.delete(archive);
        return all;
    }

    private void run(String... words) throws Exception {
        Path told = Files.createTempFile("tar-reader", ".log");
        Process process = new ProcessBuilder(words)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(told)).isZero();
        Files.delete(told);
    }

    private static List<Read> read(byte[] archive) throws IOException {
        List<Read> all = new ArrayList<>();
        TarReader tar = new TarReader(new StreamBytes(new ByteArrayInputStream(archive)));
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            for (ByteBuffer some = tar.content(777); some.hasRemaining(); some = tar.content(777)) {
                byte[] bytes = new byte[some.remaining()];
                some.get(bytes);
                content.write(bytes);
            }
            all.add(new Read(entry, content));
        }
        return all;
    }
}
