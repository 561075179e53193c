package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
    @TempDir
    private Path scratch;

    @Test
    void a_layout_is_imported_with_its_layers_unpacked_and_owners_shifted() throws Exception {
        Path layout = scratch.resolve("layout");
        LayoutWriter writer = LayoutWriter.open(layout);
        LayoutWriter.Layer base = writer.layer(tar -> tar.directory("bin", 0755)
                .file("bin/tool", "hello".getBytes(), 04755)
                .symlink("bin/other", "tool")
                .hardLink("bin/same", "bin/tool"));
        LayoutWriter.Layer top = writer.layer(
                tar -> tar.whiteout("bin", "other").directory("etc", 0700).opaque("etc"));
        writer.image(
                "v1",
                ImageConfig.of(List.of("/bin/tool"), new LinkedHashMap<>(), List.of("80/tcp")),
                List.of(base, top));
        writer.finish();

        ImageStore store = ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
        Image image = store.importFrom("oci:" + layout + ":v1");

        assertThat(image.config().command()).containsExactly("/bin/tool");
        Path tool = image.layers().getFirst().resolve("bin/tool");
        assertThat(tool).hasContent("hello");
        assertThat(Files.getAttribute(tool, "unix:uid")).isEqualTo(100_000);
        assertThat((int) Files.getAttribute(tool, "unix:mode") & 07777).isEqualTo(04755);
        assertThat(Files.getAttribute(tool, "unix:nlink")).isEqualTo(2);
        assertThat(Files.getAttribute(
                        image.layers().get(1).resolve("bin/other"), "unix:mode", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(0020000);
        assertThat(store.resolve("oci:" + layout + ":v1")).contains(image);
    }
}
