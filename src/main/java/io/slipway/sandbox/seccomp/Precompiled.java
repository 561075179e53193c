package io.slipway.sandbox.seccomp;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The default profile for the capabilities that containers mostly have, compiled beforehand: reading profile and tables and compiling take a fresh JVM
 * longer than the whole start of a container. A test compiles it again and compares.
 */
final class Precompiled {
    /** Of the profile's conditions on the kernel the only one; none before it can run containers here. */
    static final KernelVersion KERNEL = new KernelVersion(4, 8);

    private static final String CAPABILITIES = "capabilities ";
    private static final String SHOWN = "shown ";
    private static final int LINE_BYTES = 64;

    private Precompiled() {}

    static String resource(Abi machine) {
        return "default-" + machine.docker() + ".hex";
    }

    /** Empty when it is for another target. */
    static Optional<Filter> filter(Target target) {
        List<String> lines = Resource.text(resource(target.machine())).lines().toList();
        Set<String> capabilities =
                Set.of(lines.get(1).substring(CAPABILITIES.length()).split(" "));
        if (!target.kernel().atLeast(KERNEL) || !target.capabilities().equals(capabilities)) {
            return Optional.empty();
        }
        String hex = String.join("", lines.subList(3, lines.size()));
        return Optional.of(
                new Filter(HexFormat.of().parseHex(hex), 0, lines.get(2).substring(SHOWN.length())));
    }

    /** What the resource must be. */
    static String text(Target target) {
        Filter filter = Filter.of(Profile.standard(), target);
        StringBuilder text = new StringBuilder("# The default seccomp profile compiled for " + target.machine()
                + ": struct sock_filter, written by DefaultProfileTest\n");
        text.append(CAPABILITIES)
                .append(String.join(" ", target.capabilities().stream().sorted().toList()))
                .append('\n');
        text.append(SHOWN).append(filter.shown()).append('\n');
        byte[] program = filter.program();
        for (int at = 0; at < program.length; at += LINE_BYTES) {
            text.append(HexFormat.of().formatHex(program, at, Math.min(program.length, at + LINE_BYTES)))
                    .append('\n');
        }
        return text.toString();
    }
}
