package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.ExtendedAttributes;
import io.slipway.linux.Syscalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What faults.md lists under layers: refused with digest and entry, or confined within the layer. */
class LayerAttackTest {
    private static final LayerLimits SMALL = new LayerLimits(100, 8 << 20, 50, 1 << 20);

    @TempDir
    private Path scratch;

    private Path outside;
    private LayerStore store;

    @BeforeEach
    void open() throws Exception {
        outside = Files.createDirectory(scratch.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "untouched");
        store = LayerStore.open(scratch.resolve("layers"), IdShift.DEFAULT, SMALL);
    }

    @AfterEach
    void nothing_outside_was_touched_and_nothing_half_done_is_left() throws Exception {
        assertThat(outside.resolve("secret")).hasContent("untouched");
        try (var files = Files.list(outside)) {
            assertThat(files).hasSize(1);
        }
        try (var files = Files.list(scratch.resolve("layers"))) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("."));
        }
    }

    @Test
    void names_that_lead_upwards_or_are_absolute_stay_within() throws Exception {
        String up = "../".repeat(30);
        Path layer = unpack(tar -> tar.file(up + outside.toString().substring(1) + "/one", bytes("1"), 0644)
                .file(outside + "/two", bytes("2"), 0644)
                .file("a/../../../three", bytes("3"), 0644)
                .directory("../", 0700));
        assertThat(layer.resolve(outside.toString().substring(1)).resolve("one"))
                .hasContent("1");
        assertThat(layer.resolve(outside.toString().substring(1)).resolve("two"))
                .hasContent("2");
        assertThat(layer.resolve("three")).hasContent("3");
    }

    @Test
    void writes_through_links_stay_within() throws Exception {
        Path layer = unpack(tar -> tar.symlink("abs", outside.toString())
                .file("abs/one", bytes("1"), 0644)
                .symlink("rel", "../".repeat(30) + outside.toString().substring(1))
                .file("rel/two", bytes("2"), 0644)
                .symlink("file", outside + "/secret")
                .file("file", bytes("3"), 0644)
                .symlink("d", outside.toString())
                .whiteout("d", "secret"));
        Path inside = layer.resolve(outside.toString().substring(1));
        assertThat(inside.resolve("one")).hasContent("1");
        assertThat(inside.resolve("two")).hasContent("2");
        assertThat(layer.resolve("file")).isRegularFile().hasContent("3");
        assertThat((int) Files.getAttribute(inside.resolve("secret"), "unix:mode") & 0170000)
                .isEqualTo(0020000);
    }

    @Test
    void a_link_in_one_layer_does_not_lead_the_next_one_out() throws Exception {
        Path lower = unpack(tar -> tar.symlink("a", outside.toString()));
        Path upper = unpack(tar -> tar.file("a/evil", bytes("1"), 0644).file("a/secret", bytes("2"), 0644));
        assertThat(lower.resolve("a")).isSymbolicLink();
        assertThat(upper.resolve("a")).isDirectory().isNotEqualTo(lower.resolve("a"));
        assertThat(upper.resolve("a/evil")).hasContent("1");
    }

    /** As tar does it: into one directory, each entry by its path. */
    @Test
    void unpacked_by_their_paths_the_same_layers_lead_out() throws Exception {
        Path into = Files.createDirectory(scratch.resolve("careless"));
        byte[] lower = LayerTar.bytes(tar -> tar.symlink("a", outside.toString()));
        byte[] upper = LayerTar.bytes(tar -> tar.file("a/evil", bytes("1"), 0644));
        for (byte[] layer : List.of(lower, upper)) {
            TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(layer), "UTF-8");
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = into.resolve(entry.getName());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                }
            }
        }
        assertThat(outside.resolve("evil")).hasContent("1");
        Files.delete(outside.resolve("evil"));
    }

    @Test
    void hard_links_through_links_stay_within_or_are_refused() throws Exception {
        assertRejected("hard", tar -> tar.hardLink("hard", outside + "/secret"));
        assertRejected("hard", tar -> tar.symlink("d", outside.toString()).hardLink("hard", "d/secret"));
        assertRejected("hard", tar -> tar.hardLink("hard", "../../../../../../" + outside + "/secret"));
        Path layer = unpack(tar -> tar.symlink("s", outside + "/secret").hardLink("hard", "s"));
        assertThat(layer.resolve("hard")).isSymbolicLink();
    }

    @Test
    void a_loop_of_links_is_refused() {
        assertRejected("a/x", tar -> tar.symlink("a", "b").symlink("b", "a").file("a/x", bytes(""), 0644));
    }

    @Test
    void whiteouts_of_dots_and_of_nothing_are_refused() {
        assertRejected(".wh..", tar -> tar.file(".wh..", bytes(""), 0644));
        assertRejected("d/.wh...", tar -> tar.file("d/.wh...", bytes(""), 0644));
        assertRejected(".wh.", tar -> tar.file(".wh.", bytes(""), 0644));
    }

    @Test
    void mount_points_that_are_links_are_refused() {
        assertRejected("", tar -> tar.symlink("dev", "/tmp"), "/dev is not a directory");
        assertRejected("", tar -> tar.file("proc", bytes(""), 0644), "/proc is not a directory");
    }

    @Test
    void devices_and_owners_out_of_range_are_refused() {
        assertRejected("disk", tar -> tar.raw(LayerTar.entry("disk", TarConstants.LF_BLK, 0666), bytes("")), "device");
        assertRejected("null", tar -> tar.raw(LayerTar.entry("null", TarConstants.LF_CHR, 0666), bytes("")), "device");
        TarArchiveEntry overflow = LayerTar.entry("f", TarConstants.LF_NORMAL, 0644);
        overflow.setUserId(4294967296L);
        assertRejected("f", tar -> tar.raw(overflow, bytes("")), "4294967296");
        TarArchiveEntry high = LayerTar.entry("f", TarConstants.LF_NORMAL, 0644);
        high.setGroupId(65536L);
        assertRejected("f", tar -> tar.raw(high, bytes("")), "65536");
    }

    @Test
    void too_many_entries_are_refused() {
        assertRejected(
                "f100",
                tar -> {
                    for (int i = 0; i < 200; i++) {
                        tar.file("f" + i, bytes(""), 0644);
                    }
                },
                "more than 100 entries");
    }

    @Test
    void a_decompression_bomb_is_cut_off() {
        byte[] zeros = new byte[64 << 20];
        assertRejected("zeros", tar -> tar.file("zeros", zeros, 0644), "more than");
    }

    @Test
    void a_header_that_would_fill_the_memory_is_cut_off() throws Exception {
        TarArchiveEntry longName = LayerTar.entry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME, 0644);
        byte[] name = new byte[6 << 20];
        // Not to be compressed well, or the ratio is what it fails by.
        Random random = new Random(1);
        for (int i = 0; i < name.length; i++) {
            name[i] = (byte) ('!' + random.nextInt(90));
        }
        assertRejected("", tar -> tar.raw(longName, name).file("x", bytes(""), 0644), "header that is too long");
    }

    @Test
    void a_truncated_layer_and_one_with_other_content_than_the_config_says_are_refused() throws Exception {
        byte[] archive = LayerTar.bytes(tar -> tar.file("f", new byte[100_000], 0644));
        byte[] packed = gzip(archive);
        Path cut = Files.write(scratch.resolve("cut"), Arrays.copyOf(packed, packed.length / 2));
        assertThatThrownBy(() -> store.unpack(cut, Digest.of(packed), Digest.of(archive)))
                .isInstanceOf(LayerRejected.class)
                .hasMessageContaining("layer_rejected")
                .hasMessageContaining(Digest.of(packed).toString());
        Path whole = Files.write(scratch.resolve("whole"), packed);
        Digest other = Digest.of(bytes("other"));
        assertThatThrownBy(() -> store.unpack(whole, Digest.of(packed), other))
                .isInstanceOf(LayerRejected.class)
                .hasMessageContaining(other.toString());
        assertThat(store.has(other)).isFalse();
    }

    @Test
    void five_hundred_layers_are_refused() throws Exception {
        LayoutWriter writer = LayoutWriter.open(scratch.resolve("layout"));
        LayoutWriter.Layer layer = writer.layer(tar -> tar.directory("a", 0755));
        List<LayoutWriter.Layer> many = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.add(layer);
        }
        writer.image("v", ImageConfig.of(List.of("/a"), new LinkedHashMap<>(), List.of()), many);
        writer.finish();
        ImageStore images = ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
        assertThatThrownBy(() -> images.importFrom("oci:" + scratch.resolve("layout")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("layer_rejected")
                .hasMessageContaining("500 layers");
        assertThat(images.list()).isEmpty();
    }

    @Test
    void attributes_that_the_kernel_or_overlayfs_obeys_are_not_taken_over() throws Exception {
        TarArchiveEntry entry = LayerTar.entry("d/", TarConstants.LF_DIR, 0755);
        entry.addPaxHeader("SCHILY.xattr.trusted.overlay.redirect", "/etc");
        entry.addPaxHeader("SCHILY.xattr.user.overlay.redirect", "/etc");
        entry.addPaxHeader("SCHILY.xattr.user.note", "kept");
        Path layer = unpack(tar -> tar.raw(entry, bytes("")));
        var view = Files.getFileAttributeView(
                layer.resolve("d"), java.nio.file.attribute.UserDefinedFileAttributeView.class);
        assertThat(view.list()).containsExactly("note");
    }

    @Test
    void opaque_marks_and_whiteouts_through_links_stay_within() throws Exception {
        Path layer = unpack(tar -> tar.symlink("abs", outside.toString())
                .opaque("abs")
                .symlink("up", "../".repeat(30) + outside.toString().substring(1) + "/deeper")
                .whiteout("up", "secret")
                .symlink("sub", "..")
                .whiteout("sub/sub/..", "gone"));
        Path inside = layer.resolve(outside.toString().substring(1));
        assertThat(attributes(inside)).containsKeys("user.overlay.opaque", "trusted.overlay.opaque");
        assertThat(attributes(outside)).isEmpty();
        assertThat(Files.getAttribute(inside.resolve("deeper/secret"), "unix:rdev"))
                .isEqualTo(0L);
        assertThat(Files.getAttribute(layer.resolve("gone"), "unix:rdev")).isEqualTo(0L);
    }

    @Test
    void what_takes_the_place_of_a_link_is_never_written_through_it() throws Exception {
        Path layer = unpack(tar -> tar.symlink("s", outside + "/secret")
                .hardLink("h", "s")
                .file("h", bytes("1"), 0644)
                .directory("d", 0755)
                .file("d/f", bytes("2"), 0644)
                .symlink("e", outside.toString())
                .directory("e", 0755)
                .file("e/secret", bytes("3"), 0644)
                .symlink("e/secret", outside + "/secret")
                .file("e/secret", bytes("4"), 0644));
        assertThat(layer.resolve("s")).isSymbolicLink();
        assertThat(layer.resolve("h")).isRegularFile().hasContent("1");
        assertThat(layer.resolve("e")).isDirectory();
        assertThat(layer.resolve("e/secret")).isRegularFile().hasContent("4");
        assertRejected("d", tar -> tar.file("d/f", bytes(""), 0644).symlink("d", outside.toString()), "not empty");
        assertRejected("f/g", tar -> tar.file("f", bytes(""), 0644).file("f/g", bytes(""), 0644), "not a directory");
        assertRejected("h", tar -> tar.directory("d", 0755).hardLink("h", "d"));
        assertRejected("h", tar -> tar.whiteout("", "w").hardLink("h", "w"));
    }

    @Test
    void owners_below_zero_and_names_beyond_the_kernels_are_refused() {
        TarArchiveEntry negative = LayerTar.entry("f", TarConstants.LF_NORMAL, 0644);
        negative.setUserId(-1L);
        assertRejected("", tar -> tar.raw(negative, bytes("")), "no valid number in uid");
        String deep = "d/".repeat(2_500) + "f";
        assertRejected(deep, tar -> tar.file(deep, bytes(""), 0644), "longer than 4096");
        String deeper = "d/".repeat(300) + "f";
        assertRejected(deeper, tar -> tar.file(deeper, bytes(""), 0644), "deeper than 256");
        String wide = "n".repeat(256);
        assertRejected(wide, tar -> tar.file(wide, bytes(""), 0644));
    }

    @Test
    void a_terabyte_of_holes_counts_as_a_terabyte() {
        byte[] header = bytes("33 GNU.sparse.size=1099511627776\n22 GNU.sparse.map=0,1\n");
        TarArchiveEntry extended = LayerTar.entry("x", TarConstants.LF_PAX_EXTENDED_HEADER_LC, 0644);
        assertRejected("f", tar -> tar.raw(extended, header).file("f", bytes("1"), 0644), "more than 8388608 bytes");
    }

    @Test
    void file_capabilities_hold_for_the_root_of_the_range_alone() throws Exception {
        TarArchiveEntry entry = LayerTar.entry("ping", TarConstants.LF_NORMAL, 0755);
        entry.addPaxHeader("SCHILY.xattr.security.capability", "\1\0\0\2\0\40" + "\0".repeat(14));
        Path layer = unpack(tar -> tar.raw(entry, bytes("")));
        assertThat(attributes(layer.resolve("ping")))
                .containsOnly(Map.entry("security.capability", "0100000300200000" + "00000000".repeat(3) + "a0860100"));
        TarArchiveEntry odd = LayerTar.entry("ping", TarConstants.LF_NORMAL, 0755);
        odd.addPaxHeader("SCHILY.xattr.security.capability", "\1\0\0\2");
        assertRejected("ping", tar -> tar.raw(odd, bytes("")), "file capabilities");
    }

    private static Map<String, String> attributes(Path file) throws IOException {
        try (var open = Syscalls.open(file, Syscalls.O_RDONLY, 0)) {
            return ExtendedAttributes.ofOpen(open.number());
        }
    }

    private Path unpack(LayerTar.Content content) throws IOException {
        byte[] archive = LayerTar.bytes(content);
        byte[] packed = gzip(archive);
        Path blob = Files.write(scratch.resolve("blob"), packed);
        return store.unpack(blob, Digest.of(packed), Digest.of(archive));
    }

    private void assertRejected(String entry, LayerTar.Content content, String... said) {
        assertThatThrownBy(() -> unpack(content)).isInstanceOfSatisfying(LayerRejected.class, e -> {
            assertThat(e.entry()).isEqualTo(entry);
            assertThat(e).hasMessageContaining("layer_rejected").hasMessageContaining(e.digest());
            assertThat(e).satisfies(x -> {
                for (String one : said) {
                    assertThat(x).hasMessageContaining(one);
                }
            });
        });
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes();
    }
}
