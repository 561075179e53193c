package io.slipway.app.demo;

import io.slipway.image.Digest;
import io.slipway.image.ImageConfig;
import io.slipway.image.LayerTar;
import io.slipway.image.LayoutWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Builds the demonstration's images on the spot, without a registry or a network: {@code v1}; {@code v2}, as good; {@code v2-bad}, slower on some
 * requests and failing a few. They share a layer with a Java runtime and the service; each has a small one of its own.
 */
public final class SampleImages {
    private static final List<Class<?>> CLASSES =
            List.of(SampleService.class, SampleSettings.class, SampleRequest.class);
    private static final List<String> COMMAND = List.of(
            "/opt/java/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xms16m",
            "-Xmx64m",
            "-XX:ReservedCodeCacheSize=16m",
            "-Djava.net.preferIPv4Stack=true",
            "-cp",
            "/app",
            SampleService.class.getName());

    private SampleImages() {}

    /** Writes the layout; what a former call made of the same Java and the same service is used again. */
    public static void build(Path layout) throws IOException {
        LayoutWriter writer = LayoutWriter.open(layout);
        LayoutWriter.Layer base = base(writer, layout);
        image(writer, base, "v1", false);
        image(writer, base, "v2", false);
        image(writer, base, "v2-bad", true);
        writer.finish();
    }

    private static void image(LayoutWriter writer, LayoutWriter.Layer base, String version, boolean bad)
            throws IOException {
        LayoutWriter.Layer own = writer.layer(tar -> tar.directory("app", 0755)
                .file("app/version", (version + "\n").getBytes(StandardCharsets.UTF_8), 0644));
        SequencedMap<String, String> env = new LinkedHashMap<>();
        env.put("PATH", "/opt/java/bin");
        env.put("PORT", "8080");
        env.put("VERSION", version);
        env.put("WORK_US", "300");
        env.put("WAIT_MS", "5");
        if (bad) {
            env.put("SLOW_SHARE", "0.15");
            env.put("SLOW_MS", "150");
            env.put("ERROR_SHARE", "0.03");
        }
        writer.image(version, ImageConfig.of(COMMAND, env, List.of("8080/tcp")), List.of(base, own));
    }

    private static LayoutWriter.Layer base(LayoutWriter writer, Path layout) throws IOException {
        Path remembered = layout.resolve("base-layer-" + key());
        Optional<LayoutWriter.Layer> made = read(remembered);
        if (made.isPresent() && writer.has(made.get())) {
            return made.get();
        }
        Path scratch = layout.resolve("runtime-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        LayoutWriter.Layer layer = writer.layer(tar -> {
            SampleRuntime.write(tar, scratch.toAbsolutePath());
            rest(tar);
        });
        Files.writeString(remembered, layer.digest() + " " + layer.sizeBytes() + " " + layer.diffId() + "\n");
        return layer;
    }

    private static void rest(LayerTar tar) throws IOException {
        tar.directory("etc", 0755)
                .file("etc/passwd", text("root:x:0:0:root:/:/\nnobody:x:65534:65534:nobody:/:/\n"), 0644)
                .file("etc/group", text("root:x:0:\nnogroup:x:65534:\n"), 0644)
                .directory("tmp", 01777)
                .directory("app", 0755);
        String directory = "app";
        for (String part : SampleImages.class.getPackageName().split("\\.")) {
            directory = directory + "/" + part;
            tar.directory(directory, 0755);
        }
        for (Class<?> type : CLASSES) {
            tar.file(directory + "/" + type.getSimpleName() + ".class", code(type), 0644);
        }
    }

    /** The same Java and the same service give the same layer. */
    private static String key() throws IOException {
        StringBuilder text = new StringBuilder(Runtime.version().toString()).append(System.getProperty("java.home"));
        for (Class<?> type : CLASSES) {
            text.append(Digest.of(code(type)));
        }
        return Digest.of(text(text.toString())).brief();
    }

    private static Optional<LayoutWriter.Layer> read(Path remembered) throws IOException {
        try {
            String[] words = Files.readString(remembered).strip().split(" ");
            return words.length == 3
                    ? Optional.of(new LayoutWriter.Layer(
                            Digest.parse(words[0]), Long.parseLong(words[1]), Digest.parse(words[2])))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static byte[] code(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            if (in == null) {
                throw new IOException("the class file of " + type.getName() + " is not on the class path");
            }
            return in.readAllBytes();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
