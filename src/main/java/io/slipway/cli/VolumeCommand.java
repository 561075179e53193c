package io.slipway.cli;

import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code slipway volume}. */
@Command(name = "volume", description = "See and remove the volumes that are kept by name.")
final class VolumeCommand extends CommandGroup {
    @Command(name = "ls", description = "All volumes, and the containers that have each.")
    int ls(@Mixin RuntimeOptions options) throws IOException {
        try (Sandboxes sandboxes = options.open()) {
            ArrayNode list = ApiClient.JSON.createArrayNode();
            for (String name : sandboxes.volumes()) {
                ArrayNode users = list.addObject().put("name", name).putArray("containers");
                sandboxes.volumeUsers(name).forEach(users::add);
            }
            if (options.json()) {
                printer().json(list);
            } else {
                printer()
                        .table(
                                List.of("VOLUME", "CONTAINERS"),
                                list.valueStream()
                                        .map(one -> List.of(
                                                one.path("name").asString(),
                                                String.join(
                                                        " ",
                                                        one.path("containers")
                                                                .valueStream()
                                                                .map(user -> user.asString())
                                                                .toList())))
                                        .toList());
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "rm", description = "Remove volumes with all that lies in them.")
    int rm(@Parameters(paramLabel = "VOLUME", arity = "1..*") List<String> names, @Mixin RuntimeOptions options)
            throws IOException {
        try (Sandboxes sandboxes = options.open()) {
            for (String name : names) {
                if (!sandboxes.volumes().contains(name)) {
                    throw new CommandFailed(
                            ExitCode.FAILED, "there is no volume '" + name + "'. See them with 'slipway volume ls'.");
                }
                List<String> users = sandboxes.volumeUsers(name);
                if (!users.isEmpty()) {
                    throw new CommandFailed(
                            ExitCode.FAILED,
                            "volume " + name + " is of container " + String.join(", ", users) + "; remove that first");
                }
                sandboxes.removeVolume(name);
                printer().removed("name", name, options.json());
            }
            return ExitCode.DONE;
        }
    }
}
