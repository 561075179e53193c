package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Commands on images against Debian's docker-registry. */
class ImagePullTest extends RuntimeByHand {
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String NAME = "org.opencontainers.image.ref.name";
    private static final String OTHER_ARCHITECTURE = "s390x";

    private DockerRegistry registry;

    @BeforeEach
    void serve() throws Exception {
        registry = DockerRegistry.start(temp.resolve("registry"));
        Files.createDirectories(temp.resolve("data"));
        Files.writeString(temp.resolve("data/registries.yaml"), "auth: " + registry.auth() + "\n");
    }

    @AfterEach
    void stop() throws Exception {
        registry.close();
    }

    private String layout(String tag) {
        return "oci:" + temp.resolve("layout") + ":" + tag;
    }

    @Test
    void an_image_is_pulled_and_run_and_what_is_done_is_told_in_lines() throws Exception {
        registry.push(layout("1"), "shop/hello:v1");
        String name = registry.host() + "/shop/hello:v1";
        Ran pulled = slipway("image", "pull", name);
        assertThat(pulled.code()).as(pulled.err()).isZero();
        assertThat(pulled.out()).startsWith("Pulled " + name + " as sha256:");
        assertThat(pulled.err())
                .contains(": 1 layer, ")
                .contains(": downloaded, ")
                .contains(": unpacked");

        Ran ran = slipway("run", "--rm", name);
        assertThat(ran.out()).as(ran.err()).isEqualTo("hello\n");
        assertThat(ran.err()).isEmpty();
        assertThat(slipway("image", "ls").out()).contains(name);
    }

    @Test
    void an_image_for_several_platforms_is_pulled_for_another_and_run_as_the_one_for_this_machine() throws Exception {
        Path layout = temp.resolve("layout");
        DockerRegistry.run(
                "umoci", "config", "--image", layout + ":1", "--tag", "other", "--architecture", OTHER_ARCHITECTURE);
        nest(layout, "both", "other", "1");
        registry.push(layout("both"), "shop/both:v1", "--all");
        String name = registry.host() + "/shop/both:v1";

        Ran pulled = slipway("image", "pull", "--quiet", "--platform", "linux/" + OTHER_ARCHITECTURE, name);
        assertThat(pulled.out()).as(pulled.err()).endsWith(" for linux/" + OTHER_ARCHITECTURE + "\n");
        JsonNode foreign = ApiClient.JSON.readTree(
                slipway("image", "inspect", "--output", "json", name).out());
        assertThat(foreign.path("Architecture").asString()).isEqualTo(OTHER_ARCHITECTURE);
        assertThat(slipway("run", "--rm", "--pull", "never", name).err())
                .contains("there is no image " + name + " in this store for linux/");

        assertThat(slipway("run", "--rm", name).out()).isEqualTo("hello\n");
        JsonNode own = ApiClient.JSON.readTree(
                slipway("image", "inspect", "--output", "json", name).out());
        assertThat(own.path("RepoTags").get(0).asString()).isEqualTo(name);
        assertThat(own.path("RepoDigests").get(0).asString())
                .isEqualTo(registry.host() + "/shop/both@"
                        + foreign.path("RootDigest").asString());
        assertThat(own.path("Digest").asString())
                .isNotEqualTo(foreign.path("Digest").asString());
        assertThat(slipway("image", "pull", "--platform", "arm64", name).err())
                .contains("write OS/ARCHITECTURE, e.g. linux/arm64");
    }

    /** Puts an index of two images of a layout into it, under a tag of its own. */
    private static void nest(Path layout, String tag, String... tags) throws Exception {
        ObjectNode all = (ObjectNode) ApiClient.JSON.readTree(Files.readString(layout.resolve("index.json")));
        ObjectNode index =
                ApiClient.JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
        for (String one : tags) {
            ObjectNode image = index.withArray("manifests").addObject();
            for (JsonNode known : all.path("manifests")) {
                if (known.path("annotations").path(NAME).asString("").equals(one)) {
                    known.propertyStream().forEach(field -> image.set(field.getKey(), field.getValue()));
                }
            }
            image.remove("annotations");
            image.putObject("platform")
                    .put("os", "linux")
                    .put("architecture", one.equals("other") ? OTHER_ARCHITECTURE : architecture());
        }
        byte[] bytes = ApiClient.JSON.writeValueAsBytes(index);
        String hex =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        Files.write(layout.resolve("blobs/sha256").resolve(hex), bytes);
        all.withArray("manifests")
                .addObject()
                .put("mediaType", INDEX)
                .put("digest", "sha256:" + hex)
                .put("size", bytes.length)
                .putObject("annotations")
                .put(NAME, tag);
        Files.write(layout.resolve("index.json"), ApiClient.JSON.writeValueAsBytes(all));
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    @Test
    void running_a_reference_pulls_it_also_in_dockers_own_form() throws Exception {
        registry.push(layout("bare"), "shop/bare:v2", "--format", "v2s2");
        String name = registry.host() + "/shop/bare:v2";
        assertThat(slipway("run", "--rm", "--pull", "never", name, "echo", "never")
                        .code())
                .isEqualTo(ContainerOptions.NOT_STARTED);
        Ran ran = slipway("run", "--rm", "--quiet", name, "/bin/echo", "pulled");
        assertThat(ran.out()).as(ran.err()).isEqualTo("pulled\n");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void an_image_of_umoci_with_forty_layers_is_pulled_and_run() throws Exception {
        Path more = temp.resolve("more");
        for (int i = 1; i < 40; i++) {
            Files.writeString(more, "layer " + i);
            DockerRegistry.run(
                    "umoci", "insert", "--image", temp.resolve("layout") + ":bare", more.toString(), "/file" + i);
        }
        registry.push(layout("bare"), "shop/many:40");
        Ran ran = slipway("run", "--rm", registry.host() + "/shop/many:40", "/bin/cat", "/file1", "/file39");
        assertThat(ran.out()).as(ran.err()).isEqualTo("layer 1layer 39");
        assertThat(ran.err()).contains(": 40 layers, ");
    }

    @Test
    void an_image_of_buildah_is_pulled_and_run() throws Exception {
        String[] buildah = {
            "buildah",
            "--root",
            temp.resolve("b").toString(),
            "--runroot",
            temp.resolve("br").toString(),
            "--storage-driver",
            "vfs"
        };
        String container = run(buildah, "from", "scratch").strip();
        Path note = Files.writeString(temp.resolve("note"), "by buildah");
        run(buildah, "copy", container, "/bin/busybox", "/bin/cat");
        run(buildah, "copy", container, note.toString(), "/note");
        run(buildah, "config", "--cmd", "[\"/bin/cat\",\"/note\"]", container);
        run(buildah, "commit", container, "oci:" + temp.resolve("built") + ":v3");
        registry.push("oci:" + temp.resolve("built") + ":v3", "shop/built:v3");
        Ran ran = slipway("run", "--rm", "--quiet", registry.host() + "/shop/built:v3");
        assertThat(ran.out()).as(ran.err()).isEqualTo("by buildah");
    }

    private static String run(String[] program, String... arguments) throws Exception {
        String[] all = java.util.Arrays.copyOf(program, program.length + arguments.length);
        System.arraycopy(arguments, 0, all, program.length, arguments.length);
        Process process = new ProcessBuilder(all).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String wrong = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(wrong).isZero();
        return said;
    }

    @Test
    void wrong_credentials_and_names_are_told_and_leave_nothing() throws Exception {
        registry.push(layout("1"), "shop/hello:v1");
        Ran missing = slipway("image", "pull", registry.host() + "/shop/hello:v9");
        assertThat(missing.code()).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err()).contains("404").contains("tag v9 of shop/hello");
        Files.writeString(temp.resolve("data/registries.yaml"), "auth: nothing.json\n");
        Ran unknown = slipway("image", "pull", registry.host() + "/shop/hello:v1");
        assertThat(unknown.code()).isEqualTo(ExitCode.FAILED);
        assertThat(unknown.err()).contains("asks for a user and password").contains("docker login");
        assertThat(slipway("image", "pull", "http://x/y").code()).isEqualTo(ExitCode.USAGE);
        assertThat(slipway("image", "ls", "--output", "json").json()).isEmpty();
    }

    @Test
    void images_are_removed_unless_a_container_stands_on_them() throws Exception {
        registry.push(layout("bare"), "shop/a:v1");
        String name = registry.host() + "/shop/a:v1";
        slipway("run", "--name", "c1", "--quiet", name, "/bin/true");
        Ran refused = slipway("image", "rm", name);
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("a container stands on it");
        assertThat(slipway("image", "prune", "--all", "--output", "json").json().path("images"))
                .isEmpty();

        slipway("rm", "c1");
        Ran told = slipway("image", "prune", "--all", "--dry-run");
        assertThat(told.out()).contains("WOULD REMOVE").contains(name).contains("Would free");
        assertThat(slipway("image", "ls").out()).contains(name);
        assertThat(slipway("image", "rm", name).out()).isEqualTo("Removed " + name + "\n");
        assertThat(slipway("image", "ls", "--output", "json").json()).isEmpty();
        assertThat(Files.list(temp.resolve("data/images/layers"))).isEmpty();
    }
}
