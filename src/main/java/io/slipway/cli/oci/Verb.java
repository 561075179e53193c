package io.slipway.cli.oci;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The subcommands with their flags. */
enum Verb {
    CREATE("ID", "Make a container up to the moment before its program is executed.", create()),
    START("ID", "Execute the program of a created container."),
    STATE("ID", "Print a container's state as JSON."),
    KILL(
            "ID [SIGNAL]",
            "Signal a container's process. Default: SIGTERM.",
            Flag.of("all", "a", "Every process of the container's control groups.")),
    DELETE(
            "ID",
            "Remove a stopped container.",
            Flag.of("force", "f", "Kill it first when it runs; be content when there is none.")),
    RUN(
            "ID",
            "Create and start a container, wait for its end and remove it.",
            with(
                    create(),
                    Flag.of("detach", "d", "Leave it running."),
                    Flag.of("keep", "", "Do not remove it when it has ended."),
                    Flag.of("no-subreaper", "", "Accepted; nothing is reaped for others anyway."))),
    EXEC(
            "ID COMMAND [ARG...]",
            "Run another process in a container.",
            Flag.of("process", "p", "FILE", "The process section of a config.json."),
            Flag.of("cwd", "", "DIR", "Its working directory."),
            Flag.of("env", "e", "NAME=VALUE", "Set a variable beside the container's; may be repeated."),
            Flag.of("tty", "t", "Give it a terminal."),
            Flag.of("user", "u", "UID[:GID]", "Run it as."),
            Flag.of("additional-gids", "g", "GID", "A group more; may be repeated."),
            Flag.of("cap", "c", "CAP", "A capability more; may be repeated."),
            Flag.of("no-new-privs", "", "Set no_new_privs."),
            Flag.of("detach", "d", "Return once it is executed."),
            Flag.of("pid-file", "", "FILE", "Write its pid there."),
            Flag.of("console-socket", "", "SOCKET", "Unix socket that takes the terminal."),
            Flag.of("preserve-fds", "", "N", "Pass on descriptors 3 to 2 + N."),
            Flag.of("process-label", "", "LABEL", "Refused: there is no SELinux support."),
            Flag.of("apparmor", "", "PROFILE", "Refused: there is no AppArmor support."),
            Flag.of("ignore-paused", "", "Accepted; a paused container takes no process.")),
    LIST("", "Print all containers.", Flag.of("format", "f", "table|json", "How."), Flag.of("quiet", "q", "Ids only.")),
    PS("ID", "Print the pids of a container's processes.", Flag.of("format", "f", "table|json", "How.")),
    PAUSE("ID", "Stop all processes of a container where they are."),
    RESUME("ID", "Let them go on."),
    UPDATE(
            "ID",
            "Change limits of a container.",
            Flag.of("resources", "r", "FILE", "A linux.resources section; - is standard input."),
            Flag.of("memory", "", "BYTES", "memory.limit"),
            Flag.of("memory-reservation", "", "BYTES", "memory.reservation"),
            Flag.of("memory-swap", "", "BYTES", "memory.swap: memory and swap together"),
            Flag.of("cpu-period", "", "MICROS", "cpu.period"),
            Flag.of("cpu-quota", "", "MICROS", "cpu.quota"),
            Flag.of("cpu-share", "", "N", "cpu.shares"),
            Flag.of("cpuset-cpus", "", "LIST", "cpu.cpus"),
            Flag.of("cpuset-mems", "", "LIST", "cpu.mems"),
            Flag.of("pids-limit", "", "N", "pids.limit"),
            Flag.of("blkio-weight", "", "N", "blockIO.weight")),
    FEATURES("", "Print what this runtime can do, as JSON.");

    /** Accepted before the subcommand and after it. */
    static final List<Flag> GLOBAL = List.of(
            Flag.of("root", "", "DIR", "Where containers are written down."),
            Flag.of("log", "", "FILE", "Write errors and warnings there too."),
            Flag.of("log-format", "", "text|json", "How. Default: text."),
            Flag.of("log-level", "", "LEVEL", "error, warning, info or debug. Default: warning."),
            Flag.of("debug", "", "As --log-level debug."),
            Flag.of(
                    "explain",
                    "",
                    "FILE",
                    "Add every system call of create, run and exec there, with results and times."),
            Flag.of("systemd-cgroup", "", "Refused where systemd does not run; groups are made by file."),
            Flag.of("cgroup-manager", "", "NAME", "cgroupfs; systemd is refused."),
            Flag.of("rootless", "", "VALUE", "Accepted: true, false or auto."),
            Flag.of("criu", "", "PATH", "Accepted; there is no checkpoint."),
            Flag.of("version", "v", "Print the version."),
            Flag.of("help", "h", "Print this."));

    private final String operands;
    private final String help;
    private final List<Flag> flags;

    Verb(String operands, String help, Flag... flags) {
        this.operands = operands;
        this.help = help;
        this.flags = List.of(flags);
    }

    private static Flag[] create() {
        return new Flag[] {
            Flag.of("bundle", "b", "DIR", "The bundle. Default: the current directory."),
            Flag.of("console-socket", "", "SOCKET", "Unix socket that takes the terminal."),
            Flag.of("pid-file", "", "FILE", "Write the process's pid there."),
            Flag.of("no-pivot", "", "Change the root without pivot_root, for a ramdisk."),
            Flag.of("no-new-keyring", "", "Leave it the caller's session keyring."),
            Flag.of("preserve-fds", "", "N", "Pass on descriptors 3 to 2 + N.")
        };
    }

    private static Flag[] with(Flag[] some, Flag... more) {
        List<Flag> all = new ArrayList<>(Arrays.asList(some));
        all.addAll(Arrays.asList(more));
        return all.toArray(Flag[]::new);
    }

    static Optional<Verb> of(String word) {
        return Arrays.stream(values()).filter(verb -> verb.word().equals(word)).findFirst();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String operands() {
        return operands;
    }

    String help() {
        return help;
    }

    List<Flag> flags() {
        return flags;
    }
}
