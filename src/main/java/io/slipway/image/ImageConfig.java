package io.slipway.image;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * What an image says about how it is run (OCI image specification, config.md).
 *
 * @param env in the order given
 * @param user {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}; empty is 0
 * @param workingDir empty is {@code /}
 * @param exposedPorts e.g. {@code 8080/tcp}
 * @param architecture as GOARCH: {@code amd64}, {@code arm64}
 * @param stopSignal e.g. {@code SIGTERM}; empty if the image names none
 */
public record ImageConfig(
        List<String> entrypoint,
        List<String> cmd,
        SequencedMap<String, String> env,
        String user,
        String workingDir,
        List<String> exposedPorts,
        String architecture,
        String os,
        Map<String, String> labels,
        String stopSignal) {
    public ImageConfig {
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        env = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(env));
        exposedPorts = List.copyOf(exposedPorts);
        labels = Map.copyOf(labels);
    }

    /** For this machine, with a command and an environment. */
    public static ImageConfig of(List<String> entrypoint, SequencedMap<String, String> env, List<String> exposedPorts) {
        return new ImageConfig(
                entrypoint,
                List.of(),
                env,
                "",
                "/",
                exposedPorts,
                Platform.here().architecture(),
                "linux",
                Map.of(),
                "");
    }

    /** What it is made for. */
    public Platform platform() {
        return new Platform(os, architecture);
    }

    /** What is run when a service names no command: entrypoint, then cmd. */
    public List<String> command() {
        return Stream.concat(entrypoint.stream(), cmd.stream()).toList();
    }
}
