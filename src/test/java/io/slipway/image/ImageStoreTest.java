package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
    @TempDir
    private Path scratch;

    private Path layout;
    private ImageStore store;

    @BeforeEach
    void open() throws Exception {
        layout = scratch.resolve("layout");
        store = ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
    }

    @AfterEach
    void nothing_half_done_is_left() throws Exception {
        try (var files = Files.walk(scratch.resolve("store"), 2)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith(".tmp"));
        }
    }

    @Test
    void a_layout_is_imported_with_its_layers_unpacked_and_owners_shifted() throws Exception {
        writeLayout("v1");
        Image image = store.importFrom("oci:" + layout + ":v1");

        assertThat(image.config().command()).containsExactly("/bin/tool", "--serve");
        assertThat(image.config().env()).containsExactly(Map.entry("B", "2"), Map.entry("A", "x=y"));
        assertThat(image.config().exposedPorts()).containsExactly("80/tcp");
        Path base = image.layers().getFirst();
        assertThat(base.resolve("bin/tool")).hasContent("hello");
        assertThat(attribute(base.resolve("bin/tool"), "uid")).isEqualTo(100_000);
        assertThat(attribute(base.resolve("bin/tool"), "nlink")).isEqualTo(2);
        assertThat((int) attribute(base.resolve("bin/tool"), "mode") & 07777).isEqualTo(04755);
        assertThat(Files.readSymbolicLink(base.resolve("bin/other"))).hasToString("tool");
        assertThat(attribute(base, "uid")).isEqualTo(100_000);
        assertThat(Files.getLastModifiedTime(base.resolve("bin")).toMillis()).isZero();
    }

    @Test
    void whiteouts_become_what_overlayfs_reads() throws Exception {
        writeLayout("v1");
        Path top = store.importFrom("oci:" + layout + ":v1").layers().getLast();

        assertThat(attribute(top.resolve("bin/other"), "mode")).isEqualTo(0020000);
        assertThat(attribute(top.resolve("bin/other"), "rdev")).isEqualTo(0L);
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(top.resolve("etc"), UserDefinedFileAttributeView.class);
        assertThat(view.list()).containsExactly("overlay.opaque");
        assertThat(top.resolve("etc/.wh..wh..opq")).doesNotExist();
    }

    @Test
    void an_image_is_found_by_name_and_digest_after_the_store_is_opened_again() throws Exception {
        writeLayout("v1");
        Image image = store.importFrom("oci:" + layout + ":v1");
        deleteLayout();

        ImageStore again = ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
        assertThat(again.resolve("oci:" + layout + ":v1")).contains(image);
        assertThat(again.resolve(image.manifestDigest().toString())
                        .orElseThrow()
                        .layers())
                .isEqualTo(image.layers());
        assertThat(again.obtain("oci:" + layout + ":v1@" + image.manifestDigest())
                        .diffIds())
                .isEqualTo(image.diffIds());
        assertThat(again.resolve("oci:" + layout + ":v2")).isEmpty();
        assertThat(again.list()).containsExactly(image);
    }

    @Test
    void a_tag_that_moved_leaves_the_old_digest_usable_and_a_pin_on_another_is_refused() throws Exception {
        writeLayout("v1");
        Image old = store.importFrom("oci:" + layout + ":v1");
        LayoutWriter writer = LayoutWriter.open(layout);
        writer.image("v1", config(), List.of(writer.layer(tar -> tar.directory("new", 0755))));
        writer.finish();

        Image moved = store.importFrom("oci:" + layout + ":v1");
        assertThat(moved.manifestDigest()).isNotEqualTo(old.manifestDigest());
        assertThat(store.obtain("oci:" + layout + ":v1@" + old.manifestDigest()).layers())
                .isEqualTo(old.layers());
        String unknown = "oci:" + layout + ":v1@sha256:" + "0".repeat(64);
        assertThatThrownBy(() -> store.obtain(unknown))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("has moved");
    }

    @Test
    void the_same_content_gives_the_same_bytes() throws Exception {
        writeLayout("v1");
        String first = Files.readString(layout.resolve("index.json"));
        deleteLayout();
        writeLayout("v1");
        assertThat(layout.resolve("index.json")).hasContent(first);
    }

    @Test
    void zstd_and_plain_layers_unpack_like_gzip() throws Exception {
        byte[] archive = LayerTar.bytes(tar -> tar.file("f", "content".getBytes(), 0600));
        LayerStore layers = LayerStore.open(scratch.resolve("l"), IdShift.NONE, LayerLimits.DEFAULT);
        byte[] packed = Zstd.compress(archive);
        Path blob = Files.write(scratch.resolve("zstd"), packed);
        assertThat(layers.unpack(blob, Digest.of(packed), Digest.of(archive)).resolve("f"))
                .hasContent("content");

        LayerStore others = LayerStore.open(scratch.resolve("m"), IdShift.NONE, LayerLimits.DEFAULT);
        Path plain = Files.write(scratch.resolve("plain"), archive);
        assertThat(others.unpack(plain, Digest.of(archive), Digest.of(archive)).resolve("f"))
                .hasContent("content");
    }

    @Test
    void content_that_was_changed_or_cut_is_refused_and_not_stored() throws Exception {
        writeLayout("v1");
        try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                byte[] good = Files.readAllBytes(blob);
                byte[] changed = good.clone();
                changed[good.length / 2] ^= 1;
                for (byte[] bad :
                        List.of(changed, Arrays.copyOf(good, good.length - 1), Arrays.copyOf(good, good.length + 1))) {
                    Files.write(blob, bad);
                    ImageStore fresh = ImageStore.open(scratch.resolve("fresh"), IdShift.DEFAULT);
                    assertThatThrownBy(() -> fresh.importFrom("oci:" + layout + ":v1"))
                            .isInstanceOf(ImageException.class)
                            .hasMessageContaining(blob.getFileName().toString());
                    assertThat(fresh.list()).isEmpty();
                    assertThat(scratch.resolve("fresh/blobs").resolve(blob.getFileName()))
                            .doesNotExist();
                    Leftovers.remove(scratch.resolve("fresh"));
                }
                Files.write(blob, good);
            }
        }
        assertThat(store.importFrom("oci:" + layout + ":v1").layers()).hasSize(2);
    }

    @Test
    void two_hundred_imports_at_once_give_one_image() throws Exception {
        writeLayout("v1");
        List<Future<Image>> imports = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(32)) {
            ImageStore other = ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
            for (int i = 0; i < 200; i++) {
                ImageStore one = i % 2 == 0 ? store : other;
                imports.add(threads.submit(() -> one.importFrom("oci:" + layout + ":v1")));
            }
        }
        Image first = imports.getFirst().get();
        for (Future<Image> one : imports) {
            assertThat(one.get()).isEqualTo(first);
        }
        assertThat(first.layers().getFirst().resolve("bin/tool")).hasContent("hello");
        try (var layers = Files.list(scratch.resolve("store/layers"))) {
            assertThat(layers).hasSize(2);
        }
    }

    @Test
    void what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path dead = Files.createDirectories(scratch.resolve("store/layers/.tmp-" + gone.pid() + "-1-1"));
        Files.writeString(dead.resolve("half"), "x");
        Path deadBlob = Files.writeString(scratch.resolve("store/blobs/.tmp-" + gone.pid() + "-1-2"), "x");
        Path mine = Leftovers.newName(scratch.resolve("store/blobs"));
        Files.writeString(mine, "x");

        ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
        assertThat(dead).doesNotExist();
        assertThat(deadBlob).doesNotExist();
        assertThat(mine).exists();
        Files.delete(mine);
    }

    @Test
    void a_store_without_a_way_to_registries_says_so() {
        assertThatThrownBy(() -> store.obtain("nginx:1.27"))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("docker.io/library/nginx:1.27 is not in the store")
                .hasMessageContaining("slipway image pull");
    }

    @Test
    void another_architecture_and_unknown_tags_are_named() throws Exception {
        LayoutWriter writer = LayoutWriter.open(layout);
        ImageConfig own = config();
        ImageConfig other = new ImageConfig(
                own.entrypoint(), own.cmd(), own.env(), "", "", List.of(), "s390x", "linux", Map.of(), "");
        writer.image("big", other, List.of(writer.layer(tar -> tar.directory("a", 0755))));
        writer.finish();
        assertThatThrownBy(() -> store.importFrom("oci:" + layout + ":big"))
                .hasMessageContaining("layer_rejected")
                .hasMessageContaining("linux/s390x");
        assertThatThrownBy(() -> store.importFrom("oci:" + layout + ":small")).hasMessageContaining("[big]");
        assertThatThrownBy(() -> store.importFrom("oci:" + scratch.resolve("nowhere")))
                .hasMessageContaining("no OCI image layout");
    }

    @Test
    void a_manifest_that_is_also_an_index_is_refused() {
        byte[] both =
                "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[],\"config\":{}}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Documents.manifest(both, "m")).hasMessageContaining("at once");
        assertThatThrownBy(() -> Documents.index(both, "i")).hasMessageContaining("at once");
        byte[] twice = "{\"schemaVersion\":2,\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Documents.manifest(twice, "m")).isInstanceOf(ImageException.class);
    }

    /** Two readers, each of which passes over what it does not know. */
    @Test
    void read_without_that_refusal_one_digest_stands_for_two_images() throws Exception {
        String one = "{\"mediaType\":\"m\",\"size\":1,\"digest\":\"sha256:" + "1".repeat(64) + "\"}";
        String other = one.replace('1', '2').replace("\"size\":2", "\"size\":1");
        String index = "\"manifests\":[" + one + "]";
        String manifest = "\"config\":" + other + ",\"layers\":[" + other + "]";
        String both = "{\"schemaVersion\":2," + index + "," + manifest + "}";
        byte[] toTheFirst = both.replace("," + manifest, "").getBytes(StandardCharsets.UTF_8);
        byte[] toTheSecond = both.replace(index + ",", "").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Documents.index(both.getBytes(StandardCharsets.UTF_8), "i"))
                .hasMessageContaining("at once");
        assertThat(Documents.index(toTheFirst, "i").getFirst().digest().hex()).startsWith("111");
        assertThat(Documents.manifest(toTheSecond, "m").config().digest().hex()).startsWith("222");
    }

    @Test
    void skopeo_copies_our_layout_and_we_read_its_docker_archive() throws Exception {
        writeLayout("v1");
        Image own = store.importFrom("oci:" + layout + ":v1");
        Path archive = scratch.resolve("image.tar");
        run(
                "skopeo",
                "--insecure-policy",
                "copy",
                "oci:" + layout + ":v1",
                "docker-archive:" + archive + ":shop/checkout:1.4");

        Image image = store.importFrom("docker-archive:" + archive);
        assertThat(image.diffIds()).isEqualTo(own.diffIds());
        assertThat(image.config().command()).isEqualTo(own.config().command());
        assertThat(store.obtain("shop/checkout:1.4").layers()).isEqualTo(own.layers());

        byte[] whole = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> store.importFrom("docker-archive:" + archive)).isInstanceOf(ImageException.class);
    }

    @Test
    void what_is_no_tar_archive_at_all_is_refused_with_what_to_name() throws Exception {
        Path file = Files.writeString(scratch.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\n".repeat(100));
        assertThatThrownBy(() -> store.importFrom("docker-archive:" + file))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(
                        "docker-archive:" + file
                                + " is no tar archive as 'docker save' or 'podman save' writes it, or is compressed or cut off; name one");
        assertThatThrownBy(() -> store.importFrom("docker-archive:" + scratch.resolve("none")))
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> store.importFrom("docker-archive:" + scratch)).isInstanceOf(ImageException.class);
    }

    @Test
    void an_image_made_by_umoci_is_unpacked_as_umoci_does() throws Exception {
        Path made = scratch.resolve("made");
        Path bundle = scratch.resolve("bundle");
        run("umoci", "init", "--layout", made.toString());
        run("umoci", "new", "--image", made + ":v1");
        run("umoci", "unpack", "--image", made + ":v1", bundle.toString());
        Path root = bundle.resolve("rootfs");
        Files.createDirectories(root.resolve("usr/share/ümlaut"));
        Files.writeString(root.resolve("usr/share/ümlaut/" + "long".repeat(40)), "text");
        Files.createSymbolicLink(root.resolve("link"), Path.of("/usr/share"));
        Files.createLink(root.resolve("usr/again"), root.resolve("usr/share/ümlaut/" + "long".repeat(40)));
        run("umoci", "repack", "--image", made + ":v1", bundle.toString());
        run("umoci", "config", "--image", made + ":v1", "--config.cmd", "/bin/sh", "--config.user", "1000:1000");

        Image image = store.importFrom("oci:" + made + ":v1");
        Path layer = image.layers().getLast();
        assertThat(layer.resolve("usr/share/ümlaut/" + "long".repeat(40))).hasContent("text");
        assertThat(attribute(layer.resolve("usr/again"), "nlink")).isEqualTo(2);
        assertThat(Files.readSymbolicLink(layer.resolve("link"))).hasToString("/usr/share");
        assertThat(image.config().command()).containsExactly("/bin/sh");
        assertThat(image.config().user()).isEqualTo("1000:1000");
    }

    @Test
    void layers_that_umoci_inserted_are_whole_though_they_lack_padding_and_end_marker() throws Exception {
        Path made = scratch.resolve("made");
        Path file = Files.writeString(scratch.resolve("file"), "inserted");
        run("umoci", "init", "--layout", made.toString());
        run("umoci", "new", "--image", made + ":v1");
        run("umoci", "insert", "--image", made + ":v1", file.toString(), "/opt/file");
        run("umoci", "insert", "--image", made + ":v1", "--whiteout", "/opt/gone");

        List<Path> layers = store.importFrom("oci:" + made + ":v1").layers();
        assertThat(layers.get(0).resolve("opt/file")).hasContent("inserted");
        assertThat(attribute(layers.get(1).resolve("opt/gone"), "rdev")).isEqualTo(0L);
    }

    private void writeLayout(String tag) throws IOException {
        LayoutWriter writer = LayoutWriter.open(layout);
        LayoutWriter.Layer base = writer.layer(tar -> tar.directory("bin", 0755)
                .file("bin/tool", "hello".getBytes(), 04755)
                .symlink("bin/other", "tool")
                .hardLink("bin/same", "bin/tool"));
        LayoutWriter.Layer top = writer.layer(
                tar -> tar.whiteout("bin", "other").directory("etc", 0700).opaque("etc"));
        writer.image(tag, config(), List.of(base, top));
        writer.finish();
    }

    private static ImageConfig config() {
        SequencedMap<String, String> env = new LinkedHashMap<>();
        env.put("B", "2");
        env.put("A", "x=y");
        return new ImageConfig(
                List.of("/bin/tool"),
                List.of("--serve"),
                env,
                "",
                "/",
                List.of("80/tcp"),
                Platform.here().architecture(),
                "linux",
                Map.of("k", "v"),
                "SIGINT");
    }

    private void deleteLayout() throws IOException {
        Leftovers.remove(layout);
    }

    private static Object attribute(Path path, String name) throws IOException {
        return Files.getAttribute(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
    }
}
