package io.slipway.cli;

import io.slipway.image.ImageConfig;
import io.slipway.image.LayoutWriter;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** For tests of the commands of the runtime: an image of busybox, and a data directory that is empty again afterwards. */
abstract class RuntimeByHand {
    @TempDir
    Path temp;

    String image = "";

    /** What a command wrote, and its exit code. */
    record Ran(int code, String out, String err) {
        JsonNode json() {
            String[] line = out.strip().split("\n");
            return ApiClient.JSON.readTree(line[line.length - 1]);
        }
    }

    @BeforeEach
    void build_an_image() throws Exception {
        LayoutWriter writer = LayoutWriter.open(temp.resolve("layout"));
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        LayoutWriter.Layer layer = writer.layer(tar -> {
            tar.directory("bin", 0755).directory("tmp", 01777).file("bin/busybox", busybox, 0755);
            for (String applet :
                    List.of("sh", "echo", "sleep", "tail", "id", "true", "cat", "grep", "hostname", "ls")) {
                tar.symlink("bin/" + applet, "busybox");
            }
        });
        LinkedHashMap<String, String> env = new LinkedHashMap<>(Map.of("PATH", "/bin", "GREETING", "hello"));
        writer.image("1", ImageConfig.of(List.of("/bin/sh", "-c", "echo $GREETING"), env, List.of()), List.of(layer));
        writer.image("bare", ImageConfig.of(List.of(), env, List.of()), List.of(layer));
        writer.finish();
        image = "oci:" + temp.resolve("layout") + ":bare";
    }

    @AfterEach
    void remove_all() throws Exception {
        for (JsonNode one : slipway("ps", "--all", "--output", "json").json()) {
            slipway("rm", "--force", one.path("id").asString());
        }
    }

    /** {@code slipway run} as a program of its own: it lasts as long as the container does. */
    List<String> runProgram(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                "io.slipway.app.Main",
                "run",
                "--data",
                temp.resolve("data").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A test launcher may have loaded the tests by a class path of its own. */
    private static String classPath() {
        return RuntimeByHand.class.getClassLoader() instanceof URLClassLoader loader
                ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    Ran slipway(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        // After the names of the command, which a group has two of.
        int at = List.of("volume", "image", "network").contains(all.getFirst()) ? 2 : 1;
        all.addAll(at, List.of("--data", temp.resolve("data").toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream before = System.out;
        PrintStream beforeErr = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            CommandLine line = Cli.commandLine();
            line.setOut(new PrintWriter(System.out, true));
            line.setErr(new PrintWriter(System.err, true));
            int code = line.execute(all.toArray(String[]::new));
            return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
            System.setErr(beforeErr);
        }
    }
}
