package io.slipway.sandbox.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The {@code process} section of config.json, or the file of {@code exec --process} (config.md, "Process").
 *
 * @param cwd absolute within the container
 * @param capabilities all empty when the section is missing: then the process has none
 * @param oomScoreAdj -1000 to 1000; empty leaves what is inherited
 */
record ProcessConfig(
        boolean terminal,
        Optional<ConsoleSize> consoleSize,
        User user,
        List<String> args,
        List<String> env,
        String cwd,
        CapabilityConfig capabilities,
        List<Rlimit> rlimits,
        boolean noNewPrivileges,
        OptionalInt oomScoreAdj,
        Optional<IoPriority> ioPriority,
        Optional<Scheduler> scheduler) {

    /** In characters. */
    record ConsoleSize(int width, int height) {}

    /** Ids within the container's user namespace; {@code umask} empty means 022. */
    record User(int uid, int gid, List<Integer> additionalGids, OptionalInt umask) {
        static final User ROOT = new User(0, 0, List.of(), OptionalInt.empty());
    }

    static ProcessConfig parse(Node node, OciVersion version) throws ConfigException {
        List<String> args = node.at("args").texts();
        if (args.isEmpty() || args.getFirst().isEmpty()) {
            throw node.at("args").wrong("name the program to run, as [\"/bin/sh\"]");
        }
        refuse(node.at("selinuxLabel"), "SELinux is not supported: remove it");
        Node apparmor = node.at("apparmorProfile");
        if (apparmor.present() && !apparmor.text().equals("unconfined")) {
            refuse(apparmor, "AppArmor is not supported: remove it, or write \"unconfined\"");
        }
        Node affinity = node.at("execCPUAffinity");
        for (String when : List.of("initial", "final")) {
            refuse(
                    affinity.at(when),
                    "cpus of what joins are not set apart; remove it, and name the container's in linux.resources.cpu.cpus,"
                            + " or execute by taskset(1)");
        }
        return new ProcessConfig(
                node.at("terminal").flag(),
                consoleSize(node.at("consoleSize")),
                user(node.at("user")),
                args,
                environment(node.at("env")),
                node.at("cwd").absolutePath(),
                CapabilityConfig.parse(node.at("capabilities"), version),
                rlimits(node.at("rlimits")),
                node.at("noNewPrivileges").flag(),
                optionalInt(node.at("oomScoreAdj"), -1000, 1000),
                IoPriority.parse(node.at("ioPriority")),
                Scheduler.parse(node.at("scheduler")));
    }

    ProcessConfig withArgs(List<String> other) {
        return new ProcessConfig(
                terminal,
                consoleSize,
                user,
                other,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                oomScoreAdj,
                ioPriority,
                scheduler);
    }

    ProcessConfig with(boolean terminalToo, User as, List<String> environment, String directory) {
        return new ProcessConfig(
                terminalToo,
                consoleSize,
                as,
                args,
                environment,
                directory,
                capabilities,
                rlimits,
                noNewPrivileges,
                oomScoreAdj,
                ioPriority,
                scheduler);
    }

    ProcessConfig with(CapabilityConfig other, boolean noNewPrivilegesToo) {
        return new ProcessConfig(
                terminal,
                consoleSize,
                user,
                args,
                env,
                cwd,
                other,
                rlimits,
                noNewPrivilegesToo,
                oomScoreAdj,
                ioPriority,
                scheduler);
    }

    /** With a variable more, unless it has it already. */
    ProcessConfig withDefault(String name, String value) {
        if (variable(name).isPresent()) {
            return this;
        }
        List<String> more = new ArrayList<>(env);
        more.add(name + "=" + value);
        return with(terminal, user, List.copyOf(more), cwd);
    }

    /** The value of a variable; the last one counts, as for getenv(3) of most. */
    Optional<String> variable(String name) {
        return env.stream()
                .filter(entry -> entry.startsWith(name + "="))
                .reduce((first, second) -> second)
                .map(entry -> entry.substring(name.length() + 1));
    }

    private static void refuse(Node node, String fix) throws ConfigException {
        if (node.present() && !node.text().isEmpty()) {
            throw node.wrong(fix);
        }
    }

    private static List<String> environment(Node node) throws ConfigException {
        for (Node entry : node.list()) {
            if (entry.text().indexOf('=') < 1) {
                throw entry.wrong("write NAME=value");
            }
        }
        return node.texts();
    }

    private static Optional<ConsoleSize> consoleSize(Node node) throws ConfigException {
        if (!node.present()) {
            return Optional.empty();
        }
        int width = (int) node.at("width").integer(0, 65535);
        int height = (int) node.at("height").integer(0, 65535);
        return width == 0 || height == 0 ? Optional.empty() : Optional.of(new ConsoleSize(width, height));
    }

    private static User user(Node node) throws ConfigException {
        if (!node.present()) {
            return User.ROOT;
        }
        List<Integer> groups = new ArrayList<>();
        for (Node group : node.at("additionalGids").list()) {
            groups.add(group.id());
        }
        Node uid = node.at("uid");
        Node gid = node.at("gid");
        return new User(
                uid.present() ? uid.id() : 0,
                gid.present() ? gid.id() : 0,
                List.copyOf(groups),
                optionalInt(node.at("umask"), 0, 0777));
    }

    private static List<Rlimit> rlimits(Node node) throws ConfigException {
        List<Rlimit> limits = new ArrayList<>();
        for (Node one : node.list()) {
            Rlimit limit = Rlimit.parse(one);
            if (limits.stream().anyMatch(other -> other.name().equals(limit.name()))) {
                throw one.at("type").wrong("list each limit once");
            }
            limits.add(limit);
        }
        return List.copyOf(limits);
    }

    private static OptionalInt optionalInt(Node node, int min, int max) throws ConfigException {
        OptionalLong value = node.optionalInteger(min, max);
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }
}
