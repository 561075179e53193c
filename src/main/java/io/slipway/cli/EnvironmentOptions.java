package io.slipway.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** What a container's command is told by its environment. */
final class EnvironmentOptions {
    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME[=VALUE]",
            mapFallbackValue = Option.NULL_VALUE,
            description = "Set beside the environment that it has anyway. NAME alone: as it is set here.")
    private Map<String, Optional<String>> env = new LinkedHashMap<>();

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description =
                    "Set what its lines say, as for --env, which counts more; # begins a comment, quotes are kept.")
    private List<Path> files = new ArrayList<>();

    /**
     * One with all that is asked for.
     *
     * @param otherwise what it has anyway
     * @param warning is told what is odd, and no reason to refuse
     */
    Map<String, String> over(Map<String, String> otherwise, Consumer<String> warning) {
        Map<String, String> all = new LinkedHashMap<>(otherwise);
        for (Path file : files) {
            all.putAll(EnvFile.read(file, System::getenv));
        }
        env.forEach((name, given) -> {
            Optional<String> value = given.or(() -> Optional.ofNullable(System.getenv(name)));
            value.ifPresentOrElse(
                    text -> all.put(name, text),
                    () -> warning.accept(
                            "warning: -e " + name + ": it is not set here, so the container is not given it either"));
        });
        return all;
    }
}
