package io.slipway.sandbox.oci;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code exec} is told. What is not said is as in the container's own process.
 *
 * @param process the file of {@code --process}, whose content is the process section of a config.json
 * @param args instead of such a file
 * @param user {@code uid} or {@code uid:gid}
 * @param capabilities to be had beside the container's own
 * @param detach whether to return once it is executed
 */
public record ExecOptions(
        Optional<byte[]> process,
        List<String> args,
        Optional<String> cwd,
        List<String> env,
        boolean tty,
        Optional<String> user,
        List<Integer> additionalGids,
        List<String> capabilities,
        boolean noNewPrivileges,
        boolean detach,
        Optional<Path> pidFile,
        Optional<Path> consoleSocket,
        int preserveFds) {
    public static ExecOptions of(List<String> args) {
        return new ExecOptions(
                Optional.empty(),
                args,
                Optional.empty(),
                List.of(),
                false,
                Optional.empty(),
                List.of(),
                List.of(),
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                0);
    }
}
