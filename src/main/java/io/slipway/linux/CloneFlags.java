package io.slipway.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Flags of clone3(2) in words. */
final class CloneFlags {
    private static final Map<String, Long> NAMESPACES = new TreeMap<>(Map.of(
            "NEWNS",
            Spawn.NEWNS,
            "NEWCGROUP",
            Spawn.NEWCGROUP,
            "NEWUTS",
            Spawn.NEWUTS,
            "NEWIPC",
            Spawn.NEWIPC,
            "NEWUSER",
            Spawn.NEWUSER,
            "NEWPID",
            Spawn.NEWPID,
            "NEWNET",
            Spawn.NEWNET));

    private CloneFlags() {}

    static List<String> namespaces(long flags) {
        return NAMESPACES.entrySet().stream()
                .filter(namespace -> (flags & namespace.getValue()) != 0)
                .map(namespace -> "CLONE_" + namespace.getKey())
                .toList();
    }

    /** {@code struct clone_args} and its size. */
    static List<String> arguments(long namespaces, Optional<Descriptor> cgroup) {
        List<String> names = new ArrayList<>(
                List.of("CLONE_VM", "CLONE_VFORK", "CLONE_PIDFD", "CLONE_PARENT_SETTID", "CLONE_CLEAR_SIGHAND"));
        names.addAll(namespaces(namespaces));
        cgroup.ifPresent(c -> names.add("CLONE_INTO_CGROUP"));
        String joined = cgroup.map(c -> ", cgroup=" + c.shown()).orElse("");
        return List.of(
                "{flags=" + String.join("|", names) + ", exit_signal=SIGCHLD, stack_size=" + SpawnChild.STACK_BYTES
                        + joined + "}",
                Integer.toString(SpawnChild.ARGS_BYTES));
    }
}
