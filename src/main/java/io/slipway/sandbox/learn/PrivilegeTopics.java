package io.slipway.sandbox.learn;

import io.slipway.sandbox.Omission;
import java.util.List;

/** What even a container's root may not do. */
final class PrivilegeTopics {
    private static final String DROP = "prctl\\(PR_CAPBSET_DROP.*|capset\\(.*";
    private static final String FILTER = "seccomp\\(.*|prctl\\(PR_SET_SECCOMP.*";

    private static final Topic CAPABILITIES = Topic.of(
            "capabilities",
            "root's power in pieces: capabilities",
            """
            What root may do is divided into some forty capabilities; a container keeps eleven.
            Dropped from the bounding set, a capability cannot come back, not even by executing a set-uid program.
            CAP_SYS_ADMIN is the one that mounts, and half of all else; it is not kept.""",
            List.of("capabilities(7)", "prctl(2)", "capset(2)"),
            "PR_CAPBSET_DROP|^capset",
            Demonstration.of(
                    "mkdir -p /tmp/m; mount -t tmpfs none /tmp/m && echo 'mounted a file system'; grep CapEff /proc/self/status",
                    Omission.NONE.calls(DROP).calls(FILTER),
                    "the calls that drop capabilities (and the seccomp filter, if there is one)",
                    "It may mount, so it may unmount what covers its kernel files, and reach much of the kernel that few have tested."));

    private static final Topic NO_NEW_PRIVILEGES = Topic.of(
            "no-new-privs",
            "no way up: no_new_privs",
            """
            With no_new_privs an exec never gives more than one had: set-uid bits and file capabilities are without effect.
            It is inherited, and cannot be taken back. A seccomp filter without CAP_SYS_ADMIN needs it.""",
            List.of("prctl(2), PR_SET_NO_NEW_PRIVS", "Documentation/userspace-api/no_new_privs.rst", "execve(2)"),
            "PR_SET_NO_NEW_PRIVS",
            Demonstration.of(
                            "id -u; /bin/su -c 'echo \"and now uid $(id -u)\"' < /dev/null",
                            Omission.NONE.calls("prctl\\(PR_SET_NO_NEW_PRIVS.*").calls(FILTER),
                            "prctl(PR_SET_NO_NEW_PRIVS) (and the seccomp filter, which needs it)",
                            "One forgotten set-uid program in an image makes root of any user in it.")
                    .in(spec -> spec.withUser("web")));

    private static final Topic SECCOMP = Topic.of(
            "seccomp",
            "which calls the kernel answers: seccomp",
            """
            A program in the kernel looks at each system call, by its number and its arguments, and lets it through or refuses it.
            The kernel's least used calls have most of its holes; the default profile refuses those that applications do not need.
            It is the last call before the exec: what is done to make the container must still be allowed.""",
            List.of(
                    "seccomp(2)",
                    "Documentation/userspace-api/seccomp_filter.rst",
                    "OCI runtime spec, config-linux.md (seccomp)"),
            "^seccomp\\(|PR_SET_SECCOMP",
            Demonstration.of(
                    "unshare -U sh -c 'echo \"made a user namespace, and is $(id -u) in it\"'; grep Seccomp: /proc/self/status",
                    Omission.NONE.calls(FILTER),
                    "seccomp(SECCOMP_SET_MODE_FILTER)",
                    "In a user namespace of its own it has every capability there, and reaches parts of the kernel that are for root."));

    static final List<Topic> ALL = List.of(CAPABILITIES, NO_NEW_PRIVILEGES, SECCOMP);

    private PrivilegeTopics() {}
}
