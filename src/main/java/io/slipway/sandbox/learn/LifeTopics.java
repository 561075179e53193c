package io.slipway.sandbox.learn;

import io.slipway.sandbox.Application;
import io.slipway.sandbox.Omission;
import java.util.List;

/** How a container begins and ends. */
final class LifeTopics {
    private static final Topic PID_ONE = Topic.of(
            "pid-1",
            "who collects the dead: pid 1",
            """
            A process whose parent has ended becomes a child of pid 1, which must wait for it, or its entry stays: a zombie.
            The kernel also ignores signals to pid 1 that it has no handler for: many programs cannot be stopped as pid 1.
            Slipway's pid 1 is a program of some hundred bytes: it starts the application, waits for whatever ends,
            and writes down the application's exit, so that it is known even if the agent was dead then.""",
            List.of("pid_namespaces(7)", "wait(2)", "execveat(2)", "memfd_create(2)"),
            "slipway-pid1|^wait4|^clone\\(",
            Demonstration.of(
                    "(sleep 0.2 & echo) > /dev/null; (sleep 0.6; ps -o pid,stat,args | grep -v -e grep -e ' ps') & exec sleep 1",
                    Omission.NONE.pidOne(),
                    "pid 1: the application is executed in its place",
                    "The ended sleep, Z, is collected by nobody. With every one of them a process id and a place in the pids limit is gone."));

    private static final Topic OCI = Topic.of(
            "oci",
            "create, start, kill, delete: the steps of the OCI runtime",
            """
            create: everything is made, and nothing of the image has run: the child waits before its exec.
            start: it is let go, and executes.  kill: a signal.  delete: cgroups, mounts, network and files go.
            Slipway's child waits twice by a read: for its ids, and for its record on disk; only then may it execute.""",
            List.of("OCI runtime spec, runtime.md", "execve(2)", "pipe(2)"),
            "^read\\(.*pipe|^access|^execveat|\"\\\\0\"",
            Demonstration.of(
                            "echo started",
                            Omission.NONE,
                            "the command: it names a program that the image does not have",
                            "It fails in create, before anything ran, and says what was looked for and where; all that had been made is taken away.")
                    .without(spec -> spec.withApplication(Application.of(List.of("not-there")))));

    static final List<Topic> ALL = List.of(PID_ONE, OCI);

    private LifeTopics() {}
}
