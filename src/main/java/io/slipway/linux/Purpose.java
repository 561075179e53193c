package io.slipway.linux;

/** What a call is made for: the headings of an explanation, in the order in which a container comes to be. */
public enum Purpose {
    RECORD("record", "what is written down first, so that a crash at any call leaves nothing unknown"),
    CGROUPS("cgroups", "how much it may use, and what it is counted by"),
    NAMESPACES("namespaces", "what it can see of the machine: processes, mounts, network, names, ids"),
    PROCESS("process", "a fresh session, signals, resource limits, standard input and output"),
    ROOT("root", "its own file system: layers below, what it writes above"),
    VOLUMES("volumes", "files of the host that are shown to it"),
    KERNEL_FILES("kernel files", "/proc and /sys of its own namespaces"),
    DEVICES("devices", "the few device files that every program expects"),
    MASKS("masks", "kernel files that it must not see or write"),
    NETWORK("network", "its network devices, addresses and routes"),
    PRIVILEGES("privileges", "what even its root may not do"),
    PID_ONE("pid 1", "the process that waits for the application and writes down how it ended"),
    EXEC("exec", "the application");

    private final String title;
    private final String meaning;

    Purpose(String title, String meaning) {
        this.title = title;
        this.meaning = meaning;
    }

    /** E.g. {@code kernel files}. */
    public String title() {
        return title;
    }

    /** What it is good for, in half a sentence. */
    public String meaning() {
        return meaning;
    }
}
