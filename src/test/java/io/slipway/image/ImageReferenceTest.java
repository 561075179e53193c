package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageReferenceTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx:latest",
        "nginx:1.27, docker.io/library/nginx:1.27",
        "shop/checkout, docker.io/shop/checkout:latest",
        "localhost:5000/a/b:c, localhost:5000/a/b:c",
        "registry.example.com/shop/check__out.x-y:V_1, registry.example.com/shop/check__out.x-y:V_1",
        "[::1]:5000/a, [::1]:5000/a:latest",
    })
    void good_references_are_written_in_full(String text, String full) {
        assertThat(ImageReference.parse(text)).hasToString(full);
    }

    @Test
    void a_digest_pins_and_makes_the_tag_optional() {
        ImageReference pinned = ImageReference.parse("example.com/a:t@sha256:" + HEX);
        assertThat(pinned.digest()).contains(new Digest(HEX));
        assertThat(pinned.tag()).contains("t");
        assertThat(ImageReference.parse("a@sha256:" + HEX).tag()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|empty",
                ":justtag|no repository",
                "Nginx|upper case",
                "example.com/Shop/x|upper case",
                "a@sha256:abc|3 digits",
                "a@md5:d41d8cd98f00b204e9800998ecf8427e|unknown algorithm",
                "a@sha256:zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef|other than 0-9 and a-f",
                "http://example.com/a|address",
                "../../etc|in its repository",
                "./a|in its repository",
                "/etc/passwd|in its repository",
                "a//b|in its repository",
                "a b|white space",
                "example.com:99999/a|port",
                "169.254.169.254/latest/meta-data|link-local",
                "[fe80::1]/a|link-local",
                "metadata.google.internal/a|metadata",
                "a:|tag",
                "a:.b|tag",
                "a@|no algorithm",
            })
    void bad_references_say_what_is_wrong(String text, String problem) {
        assertThatThrownBy(() -> ImageReference.parse(text))
                .isInstanceOf(InvalidReference.class)
                .hasMessageContaining(problem);
    }

    @Test
    void a_trailing_newline_and_a_tag_of_129_characters_are_refused() {
        assertThatThrownBy(() -> ImageReference.parse("nginx:1\n")).hasMessageContaining("control character");
        assertThatThrownBy(() -> ImageReference.parse("nginx:1\n")).hasMessageNotContaining("\n");
        assertThatThrownBy(() -> ImageReference.parse("nginx:" + "a".repeat(129)))
                .hasMessageContaining("129");
        assertThat(ImageReference.parse("nginx:" + "a".repeat(128)).tag()).isPresent();
    }

    @Test
    void sources_are_told_apart() {
        assertThat(ImageSource.parse("oci:/a/b:v1"))
                .isEqualTo(new ImageSource.OciLayout(Path.of("/a/b"), Optional.of("v1")));
        assertThat(ImageSource.parse("oci:/a/b"))
                .isEqualTo(new ImageSource.OciLayout(Path.of("/a/b"), Optional.empty()));
        assertThat(ImageSource.parse("docker-archive:/a.tar"))
                .isEqualTo(new ImageSource.DockerArchive(Path.of("/a.tar")));
        assertThat(ImageSource.parse("nginx")).isInstanceOf(ImageSource.Registry.class);
        assertThatThrownBy(() -> ImageSource.parse("oci:")).isInstanceOf(InvalidReference.class);
        assertThatThrownBy(() -> ImageSource.parse("oci:/a:")).isInstanceOf(InvalidReference.class);
    }
}
