package io.slipway.cli;

import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.SecretMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One of {@code --secret}: a file of the host, read at each start. A container's labels name it, and nothing keeps its content. */
record SecretFile(SecretMount mount, Path file) {
    private static final String LABEL = "secret-file/";
    private static final long BYTES_MAX = 1 << 20;

    static SecretFile parse(String text) {
        int equals = text.indexOf('=');
        int colon = text.indexOf(':', equals + 1);
        if (equals < 1 || equals == text.length() - 1) {
            throw usage("--secret " + text + " is not NAME=FILE or NAME=FILE:PATH");
        }
        String name = text.substring(0, equals);
        String file = colon < 0 ? text.substring(equals + 1) : text.substring(equals + 1, colon);
        String target = colon < 0 ? SecretMount.DIRECTORY + name : text.substring(colon + 1);
        try {
            return new SecretFile(new SecretMount(name, target), Path.of(file).toAbsolutePath());
        } catch (IllegalArgumentException e) {
            // Also read where nobody expects a wrong mount: before there is a container to speak of.
            throw usage("--secret " + text + ": " + e.getMessage());
        }
    }

    /** Of a container that is there, as its labels name them. */
    static List<SecretFile> of(SandboxSpec spec) {
        return spec.root().secrets().stream()
                .map(mount -> new SecretFile(mount, Path.of(file(spec, mount.name()))))
                .toList();
    }

    private static String file(SandboxSpec spec, String name) {
        String file = spec.labels().get(LABEL + name);
        if (file == null) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "container " + spec.id() + " was made by a version that did not keep which file its secret '" + name
                            + "' comes from. Run a new one.");
        }
        return file;
    }

    Map.Entry<String, String> label() {
        return Map.entry(LABEL + mount.name(), file.toString());
    }

    /** By name. */
    static Map<String, byte[]> read(List<SecretFile> secrets) throws IOException {
        Map<String, byte[]> contents = new HashMap<>();
        for (SecretFile secret : secrets) {
            contents.put(secret.mount.name(), secret.read());
        }
        return contents;
    }

    private byte[] read() throws IOException {
        String said = "--secret " + mount.name() + "=" + file + ": ";
        if (!Files.isRegularFile(file)) {
            throw usage(said + "there is no file " + file);
        }
        if (Files.size(file) > BYTES_MAX) {
            throw usage(said + file + " is over 1 MiB, which no secret is");
        }
        return Files.readAllBytes(file);
    }

    private static CommandFailed usage(String text) {
        return new CommandFailed(ExitCode.USAGE, text);
    }
}
