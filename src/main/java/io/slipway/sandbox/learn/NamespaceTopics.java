package io.slipway.sandbox.learn;

import io.slipway.linux.Spawn;
import io.slipway.sandbox.ClockOffsets;
import io.slipway.sandbox.Namespace;
import io.slipway.sandbox.Omission;
import io.slipway.sandbox.SandboxSpec;
import java.util.List;

/** The namespaces one by one (namespaces(7)). */
final class NamespaceTopics {
    private static final Topic PID = Topic.of(
            "pid",
            "processes of its own: the pid namespace",
            """
            Processes in a pid namespace are numbered anew, from 1, and see only each other.
            When its pid 1 ends, the kernel kills all others in it: nothing of a container survives its end.
            /proc shows the namespace of the process that mounted it, so it is mounted again inside.""",
            List.of("pid_namespaces(7)", "clone(2)", "proc(5)"),
            "CLONE_NEWPID|mount\\(\"proc\"",
            Demonstration.of(
                            "echo \"$(ps | tail -n +2 | wc -l) processes are seen\"; ps | head -n 6",
                            Omission.NONE.namespace(Spawn.NEWPID),
                            "CLONE_NEWPID in clone3; and the user namespace, in which the kernel would refuse the host's /proc",
                            "Whoever sees the host's processes knows their command lines, and can signal those of the same user.")
                    .without(spec -> spec.withHostNamespace(Namespace.USER, "to show what it is good for")));

    private static final Topic MOUNT = Topic.of(
            "mount",
            "a file system tree of its own: the mount namespace",
            """
            Mounts made in a mount namespace are not seen outside, and those of the host can be taken away inside.
            First MS_PRIVATE, so that no mount propagates back; then the root is built aside;
            pivot_root puts it in the place of the host's, which is then unmounted, for chroot alone can be climbed out of.""",
            List.of("mount_namespaces(7)", "pivot_root(2)", "umount(2)"),
            "CLONE_NEWNS|MS_PRIVATE|^pivot_root|MNT_DETACH",
            Demonstration.of(
                    "echo \"$(cat /proc/self/mountinfo | wc -l) mounts are within reach\";"
                            + " cut -d' ' -f5 /proc/self/mountinfo | sort | head -n 8",
                    Omission.NONE.calls("umount2\\(\"\\.\", MNT_DETACH\\)"),
                    "umount2(\".\", MNT_DETACH), which lets go of the host's root after pivot_root",
                    "The host's mounts are all still there, below the container's root: one mistake away from a process inside."));

    private static final Topic NET = Topic.of(
            "net",
            "network devices of its own: the network namespace",
            """
            A network namespace has its own devices, addresses, routes, ports, firewall and abstract sockets.
            It is born with a loopback device that is down, and nothing else.
            A veth pair leads out: one end inside, one on a bridge of the host.""",
            List.of("network_namespaces(7)", "veth(4)", "rtnetlink(7)", "netdevice(7)"),
            "CLONE_NEWNET|SIOCSIFFLAGS|RTM_NEWLINK|RTM_NEWADDR|RTM_NEWROUTE",
            Demonstration.of(
                    "ip -o link | cut -d' ' -f2,3 | head -n 8; echo \"$(tail -n +2 /proc/net/tcp | wc -l) TCP sockets of IPv4 are seen\"",
                    Omission.NONE.namespace(Spawn.NEWNET).calls("socket\\(AF_INET.*|ioctl\\(.*SIOCSIFFLAGS.*"),
                    "CLONE_NEWNET in clone3",
                    "It could talk to all that listens on the host's loopback, which is often trusted, and take the host's ports."));

    private static final Topic UTS = Topic.of(
            "uts",
            "a host name of its own: the UTS namespace",
            """
            Host name and domain name are properties of the UTS namespace (named after a struct of 'Unix time sharing').
            Programs put the host name in logs and use it to know themselves in a cluster.""",
            List.of("uts_namespaces(7)", "sethostname(2)"),
            "CLONE_NEWUTS|^sethostname",
            Demonstration.of(
                    "hostname",
                    Omission.NONE.namespace(Spawn.NEWUTS).calls("sethostname\\(.*"),
                    "CLONE_NEWUTS in clone3, and sethostname, which would rename the host",
                    "All containers of a host would have one name, and renaming one would rename all."));

    private static final Topic IPC = Topic.of(
            "ipc",
            "shared memory of its own: the IPC namespace",
            """
            System V shared memory, semaphores and message queues, and POSIX message queues, are named by numbers, not by files:
            no file permission and no mount keeps two containers apart there, only the namespace does.""",
            List.of("ipc_namespaces(7)", "sysvipc(7)", "mq_overview(7)"),
            "CLONE_NEWIPC|mount\\(\"mqueue\"",
            Demonstration.of(
                    "readlink /proc/self/ns/ipc; if grep -q ' /dev/mqueue ' /proc/self/mountinfo;"
                            + " then echo 'message queues of its own'; else echo 'message queues are refused'; fi",
                    Omission.NONE.namespace(Spawn.NEWIPC),
                    "CLONE_NEWIPC in clone3",
                    "The namespace is then the host's: its message queues are not for a foreign user namespace to mount,"
                            + " but its shared memory is open to whoever has the uid."));

    private static final Topic CGROUP = Topic.of(
            "cgroup-namespace",
            "its group as the root of all groups: the cgroup namespace",
            """
            A cgroup namespace hides where in the host's tree of groups a container is: it sees its own group as /.
            It must be made after the container has joined its group, as its root is where its maker is at that moment.""",
            List.of("cgroup_namespaces(7)", "unshare(2)"),
            "CLONE_NEWCGROUP",
            Demonstration.of(
                    "cat /proc/self/cgroup | head -n 4",
                    Omission.NONE.calls("unshare\\(CLONE_NEWCGROUP\\)"),
                    "unshare(CLONE_NEWCGROUP)",
                    "The path tells who runs the container, and what else may be found beside it."));

    private static final Topic USER = Topic.of(
            "user",
            "a root that is nobody: the user namespace",
            """
            In a user namespace ids are mapped: uid 0 inside is a high number on the host, which owns nothing there.
            Capabilities count only for what the namespace owns: its own mounts, network, host name.
            So a process that breaks out of everything else is still an unprivileged user of the host.
            Another one, in which nothing runs, says which owners the layers on disk are shown with (mount_setattr(2), MOUNT_ATTR_IDMAP).""",
            List.of("user_namespaces(7)", "subuid(5)"),
            "CLONE_NEWUSER|uid_map|gid_map",
            Demonstration.of(
                            "set -- $(cat /proc/self/uid_map); echo \"inside uid $(id -u), on the host uid $2 ($3 ids are mapped)\"",
                            Omission.NONE,
                            "CLONE_NEWUSER in clone3, and the maps",
                            "Without it uid 0 inside is the host's root: one hole in the kernel, or one file descriptor too many, is the host.")
                    .without(spec -> spec.withHostNamespace(Namespace.USER, "to show what it is good for")));

    private static final Topic ID_MAPS = Topic.of(
            "ids",
            "who is who: uid_map and gid_map",
            """
            A new user namespace maps no id at all: everybody in it is 'nobody' (65534), also root.
            Its maker, outside, writes which ids it gets; only then can the child become uid 0.
            That is why the child waits for its parent, in a read, before the first call that needs an id.""",
            List.of("user_namespaces(7)", "setresuid(2)"),
            "uid_map|gid_map|^setresuid|^setresgid|^setgroups|^read\\(.*pipe",
            Demonstration.of(
                    "id",
                    Omission.NONE.idMaps(),
                    "the two writes to /proc/PID/uid_map and gid_map",
                    "Uid 0 has no meaning there yet, so the kernel refuses to become it; Slipway says which call failed, and leaves nothing."));

    private static final long YEAR_SECONDS = 365L * 24 * 60 * 60;

    private static final Topic TIME = Topic.of(
            "time",
            "an uptime of its own: the time namespace",
            """
            Two clocks of a time namespace can be ahead of the host's or behind: the one that programs measure by, and the uptime.
            They are set once, before anything runs in it. The time of day is the same for all: no namespace has one of its own.
            A container that was moved here from another host would else see its timers jump; few others need it, so it is asked for.""",
            List.of("time_namespaces(7)", "clock_gettime(2)"),
            "CLONE_NEWTIME|timens_offsets",
            Demonstration.of(
                            "days=$(($(cut -d. -f1 /proc/uptime) / 86400)); if [ $days -ge 365 ];"
                                    + " then echo 'up for more than a year'; else echo 'up for less than a year'; fi",
                            Omission.NONE,
                            "unshare(CLONE_NEWTIME), and the write to /proc/PID/timens_offsets",
                            "It then has the clocks of the host, and learns from them how long that has been up.")
                    .in(spec -> clocks(spec, new ClockOffsets(0, YEAR_SECONDS)))
                    .without(spec -> clocks(spec, ClockOffsets.NONE)));

    static final List<Topic> ALL = List.of(PID, MOUNT, NET, UTS, IPC, CGROUP, USER, ID_MAPS, TIME);

    private static SandboxSpec clocks(SandboxSpec spec, ClockOffsets clocks) {
        return spec.withNamespaces(spec.namespaces().withClocks(clocks));
    }

    private NamespaceTopics() {}
}
