package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.image.ImageConfig;
import io.slipway.image.LayoutWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** What {@code slipway image} tells of images made here, by skopeo and by umoci. */
class ImageCommandTest {
    private static final int KILO = 1000;

    @TempDir
    private Path scratch;

    private String app;

    @BeforeEach
    void importTwo() throws Exception {
        LayoutWriter writer = LayoutWriter.open(scratch.resolve("layout"));
        LayoutWriter.Layer base = writer.layer(tar -> tar.directory("etc", 0755)
                .file("etc/kept", new byte[KILO], 0644)
                .file("etc/replaced", new byte[20 * KILO], 0644)
                .file("etc/copied", new byte[30 * KILO], 0644)
                .directory("var", 0755)
                .directory("var/cache", 0755)
                .file("var/cache/package", new byte[500 * KILO], 0644)
                .directory("opt", 0755)
                .file("opt/old", new byte[7 * KILO], 0644)
                .file("opt/again", new byte[3 * KILO], 0644));
        LayoutWriter.Layer top = writer.layer(tar -> tar.file("etc/replaced", new byte[2 * KILO], 0644)
                .file("etc/copied", new byte[30 * KILO], 0600)
                .whiteout("var", "cache")
                .opaque("opt")
                .file("opt/again", new byte[4 * KILO], 0644)
                .file("new", new byte[5 * KILO], 0755));
        ImageConfig config = ImageConfig.of(List.of("/new"), new LinkedHashMap<>(), List.of());
        writer.image("base", config, List.of(base));
        writer.image("app", config, List.of(base, top));
        writer.finish();
        app = "oci:" + scratch.resolve("layout") + ":app";
        slipway("import", "oci:" + scratch.resolve("layout") + ":base");
        slipway("import", app);
    }

    @Test
    void diff_names_what_the_top_layer_a_given_one_or_another_image_changed() throws Exception {
        assertThat(slipway("diff", app).lines())
                .containsExactly(
                        "C /etc/copied", "C /etc/replaced", "A /new", "C /opt/again", "D /var/cache", "D /opt/old");
        assertThat(slipway("diff", "--layer", "0", app).lines()).hasSize(10).allMatch(line -> line.startsWith("A /"));
        assertThat(slipway("diff", app, "oci:" + scratch.resolve("layout") + ":base")
                        .lines())
                .containsExactly(
                        "C /etc/copied",
                        "C /etc/replaced",
                        "D /new",
                        "C /opt/again",
                        "A /opt/old",
                        "A /var/cache",
                        "A /var/cache/package");
        assertThat(slipway("diff", app, app)).isEmpty();
        assertThat(failing("diff", "--layer", "2", app)).contains("--layer 2: the image has the layers 0 to 1");
    }

    @Test
    void layers_shows_shares_and_what_is_carried_for_nothing() throws Exception {
        String told = slipway("layers", app);
        assertThat(told.lines().toList().get(1)).matches("0 +[0-9a-f]{12} +\\S+ +561kB +93% +10 +0 +0 +0B +560kB");
        assertThat(told.lines().toList().get(2)).matches("1 +[0-9a-f]{12} +\\S+ +41kB +7% +1 +3 +2 +30kB +0B");
        assertThat(told)
                .contains("560kB of 602kB (93%) is carried and hidden by later layers")
                .containsPattern("500kB +0 +1 +/var/cache/package");
        JsonNode json = ApiClient.JSON.readTree(slipway("layers", "--output", "json", app));
        assertThat(json.get(0).path("hiddenBytes").asLong()).isEqualTo(560L * KILO);
        assertThat(json.get(1).path("copiedBytes").asLong()).isEqualTo(30L * KILO);
        assertThat(json.get(0).path("hidden").get(0).path("hiddenBy").asInt()).isEqualTo(1);
    }

    @Test
    void tree_shows_which_images_end_where_and_share_what() throws Exception {
        String told = slipway("tree", app);
        assertThat(told.lines().filter(line -> line.contains("── ")))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("├── ID: ")
                                .contains("561kB", "Top Layer of: [oci:" + scratch.resolve("layout") + ":base]"),
                        line -> assertThat(line).startsWith("└── ID: ").contains("Top Layer of: [" + app + "]"));
    }

    @Test
    void history_prints_the_steps_as_docker_does() throws Exception {
        Path made = scratch.resolve("made");
        run("umoci", "init", "--layout", made.toString());
        run("umoci", "new", "--image", made + ":v");
        Path file = Files.write(scratch.resolve("file"), new byte[1234]);
        run(
                "umoci",
                "insert",
                "--image",
                made + ":v",
                "--history.created_by",
                "COPY file /a\tvery long command that goes on and on until it is cut",
                "--history.created",
                "2020-01-02T03:04:05Z",
                file.toString(),
                "/a");
        run(
                "umoci",
                "config",
                "--image",
                made + ":v",
                "--config.cmd",
                "/a",
                "--history.created_by",
                "CMD /a",
                "--history.comment",
                "by hand",
                "--history.created",
                "2020-01-02T03:04:06Z");
        slipway("import", "oci:" + made + ":v");
        List<String> lines = slipway("history", "oci:" + made + ":v").lines().toList();
        assertThat(lines.get(0)).matches("IMAGE +CREATED +CREATED BY +SIZE +COMMENT");
        assertThat(lines.get(1)).matches("[0-9a-f]{12} +\\d years ago +CMD /a +0B +by hand");
        assertThat(lines.get(2))
                .matches("<missing> +\\d years ago +COPY file /a very long command that goes on … +1.23kB");
        assertThat(slipway("history", "--no-trunc", "oci:" + made + ":v")).contains("sha256:", "until it is cut");
        assertThat(slipway("history", app).lines()).hasSize(3);
    }

    @Test
    void ages_are_told_in_the_words_of_docker() {
        assertThat(
                        List.of(
                                        0L,
                                        1L,
                                        59L,
                                        60L,
                                        3_599L,
                                        3_600L,
                                        100_000L,
                                        200_000L,
                                        2_000_000L,
                                        9_000_000L,
                                        70_000_000L)
                                .stream()
                                .map(seconds -> ImageHistory.ago(Duration.ofSeconds(seconds))))
                .containsExactly(
                        "Less than a second ago",
                        "1 second ago",
                        "59 seconds ago",
                        "About a minute ago",
                        "59 minutes ago",
                        "About an hour ago",
                        "28 hours ago",
                        "2 days ago",
                        "3 weeks ago",
                        "3 months ago",
                        "2 years ago");
        assertThat(List.of(0L, 999L, 1_000L, 77_812_345L, 1_250_000_000L).stream()
                        .map(DecimalSize::of))
                .containsExactly("0B", "999B", "1kB", "77.8MB", "1.25GB");
    }

    @Test
    void an_exported_layout_has_the_same_digest_and_is_read_by_skopeo_beside_what_was_there() throws Exception {
        Path out = scratch.resolve("out");
        slipway("export", app, "oci:" + out + ":one");
        slipway("export", "oci:" + scratch.resolve("layout") + ":base", "oci:" + out + ":two");
        slipway("export", app, "oci:" + out + ":one");
        String digest = ApiClient.JSON
                .readTree(slipway("inspect", "--output", "json", app))
                .path("Digest")
                .asString();
        assertThat(run("skopeo", "inspect", "--raw", "oci:" + out + ":one")).contains("schemaVersion");
        assertThat(ApiClient.JSON
                        .readTree(run("skopeo", "inspect", "oci:" + out + ":one"))
                        .path("Digest")
                        .asString())
                .isEqualTo(digest);
        run("skopeo", "--insecure-policy", "copy", "oci:" + out + ":two", "dir:" + scratch.resolve("copied"));
        JsonNode index = ApiClient.JSON.readTree(Files.readAllBytes(out.resolve("index.json")));
        assertThat(index.path("manifests")).hasSize(2);
    }

    @Test
    void an_exported_docker_archive_is_read_by_skopeo_and_by_us_and_replaces_no_file() throws Exception {
        Path out = scratch.resolve("out.tar");
        slipway("export", app, "docker-archive:" + out);
        run("skopeo", "--insecure-policy", "copy", "docker-archive:" + out, "oci:" + scratch.resolve("again") + ":v");
        slipway("import", "oci:" + scratch.resolve("again") + ":v");
        slipway("import", "docker-archive:" + out);
        List<String> layers = new ArrayList<>();
        for (String image : List.of(app, "oci:" + scratch.resolve("again") + ":v", "docker-archive:" + out)) {
            layers.add(ApiClient.JSON
                    .readTree(slipway("inspect", "--output", "json", image))
                    .path("RootFS")
                    .path("Layers")
                    .toString());
        }
        assertThat(layers).containsOnly(layers.getFirst());
        assertThat(failing("export", app, "docker-archive:" + out)).contains("is there already and was not changed");
        assertThat(failing("export", app, "example.com/a:b")).contains("write oci:DIR[:TAG] or docker-archive:FILE");
    }

    private String slipway(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = execute(out, err, words);
        assertThat(code).as(err.toString()).isZero();
        return out.toString();
    }

    private String failing(String... words) {
        StringWriter err = new StringWriter();
        assertThat(execute(new StringWriter(), err, words)).isNotZero();
        return err.toString();
    }

    private int execute(StringWriter out, StringWriter err, String... words) {
        List<String> all = new ArrayList<>(List.of("image"));
        all.addAll(List.of(words));
        all.addAll(List.of("--data", scratch.resolve("data").toString()));
        CommandLine line = Cli.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(all.toArray(String[]::new));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
        return said;
    }
}
