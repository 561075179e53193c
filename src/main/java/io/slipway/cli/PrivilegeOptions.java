package io.slipway.cli;

import io.slipway.sandbox.Capabilities;
import io.slipway.sandbox.Privileges;
import io.slipway.sandbox.ResourceLimit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code slipway run} takes for what a container may do. */
final class PrivilegeOptions {
    private static final String ALL = "ALL";

    @Option(names = "--cap-add", paramLabel = "NAME", description = "A capability that root keeps, as NET_RAW; or ALL.")
    private List<String> added = new ArrayList<>();

    @Option(
            names = "--cap-drop",
            paramLabel = "NAME",
            description = "One that it does not keep; ALL: only those added.")
    private List<String> dropped = new ArrayList<>();

    @Option(
            names = "--ulimit",
            paramLabel = "NAME=SOFT[:HARD]",
            description = "Upper bound of each process, as nofile=1024:4096 or core=unlimited (getrlimit(2)).")
    private List<String> limits = new ArrayList<>();

    @Option(
            names = "--oom-score-adj",
            paramLabel = "N",
            description = "How likely it is ended when the host's memory is short: -1000 (never) to 1000. Default: 0.")
    private @Nullable Integer oomScoreAdj;

    Privileges privileges() {
        Privileges privileges = Privileges.DEFAULT
                .withCapabilities(capabilities())
                .withResourceLimits(limits.stream().map(PrivilegeOptions::limit).toList());
        return oomScoreAdj == null ? privileges : privileges.withOomScoreAdj(oomScoreAdj);
    }

    private List<String> capabilities() {
        List<String> kept = new ArrayList<>(has(dropped) ? List.of() : Capabilities.DEFAULT);
        kept.removeAll(names(dropped));
        kept.addAll(has(added) ? Capabilities.all() : names(added));
        if (has(added)) {
            kept.removeAll(names(dropped));
        }
        return kept;
    }

    private static boolean has(List<String> names) {
        return names.stream().anyMatch(ALL::equalsIgnoreCase);
    }

    private static List<String> names(List<String> given) {
        return given.stream()
                .filter(name -> !ALL.equalsIgnoreCase(name))
                .map(Capabilities::known)
                .toList();
    }

    private static ResourceLimit limit(String text) {
        String[] part = text.split("[=:]", -1);
        if (part.length < 2 || part.length > 3) {
            throw new CommandFailed(ExitCode.USAGE, "--ulimit " + text + " is not NAME=SOFT or NAME=SOFT:HARD");
        }
        return new ResourceLimit(part[0], value(part[1], text), value(part[part.length - 1], text));
    }

    private static long value(String number, String text) {
        if (number.equals("unlimited")) {
            return ResourceLimit.UNLIMITED;
        }
        if (number.matches("[0-9]{1,18}")) {
            return Long.parseLong(number);
        }
        throw new CommandFailed(
                ExitCode.USAGE, "--ulimit " + text + ": '" + number + "' is neither a number nor 'unlimited'");
    }
}
