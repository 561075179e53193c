package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.DetachedProgram;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a process does to become a command in a container, in two parts.
 *
 * <pre>
 *   {@link #first}   in our memory, not yet reachable from the container: keeps a few descriptors, executes our helper
 *   {@link #second}  in its own memory: OOM score, cgroups, namespaces, descriptors, privileges, directory, execve
 * </pre>
 *
 * Its own memory before it joins anything: the container's OOM killer, its memory limit and its root then reach nothing that is ours.
 */
final class ExecProgram {
    private static final int HELPER = 4;
    private static final int JOINED = 3;
    private static final int F_SETFD = 2;
    private static final long LAST_DESCRIPTOR = 0xffffffffL;
    private static final int O_CLOEXEC = 02000000;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int PR_SET_DUMPABLE = 4;
    private static final long TIOCSCTTY = 0x540e;

    private final SandboxSpec container;
    private final ExecSpec spec;
    private final Accounts.User user;
    private final ExecFiles files;
    private final Descriptor target;
    private final ContainerNamespaces namespaces;

    /** @param target pidfd of the container's pid 1 */
    ExecProgram(
            SandboxSpec container,
            ExecSpec spec,
            Accounts.User user,
            ExecFiles files,
            Descriptor target,
            ContainerNamespaces namespaces) {
        this.container = container;
        this.spec = spec;
        this.user = user;
        this.files = files;
        this.target = target;
        this.namespaces = namespaces;
    }

    /** Ends in the helper, which walks the second part at descriptor 3. All but what that needs is closed by then. */
    SyscallProgram first(Descriptor helper, DetachedProgram second) {
        SyscallProgram program = new SyscallProgram();
        Calls calls = new Calls(program);
        calls.purpose(Purpose.PROCESS);
        List<Descriptor> needed = new ArrayList<>(files.joinFiles());
        needed.addAll(files.standard());
        needed.addAll(List.of(files.joinedWrite(), target));
        for (Descriptor kept : needed) {
            calls.call(
                    SyscallNumber.FCNTL,
                    Argument.descriptor(kept),
                    Argument.flags(F_SETFD, "F_SETFD"),
                    Argument.number(0));
        }
        duplicate(calls, second.memory(), DetachedProgram.PROGRAM_DESCRIPTOR, 0);
        duplicate(calls, helper, HELPER, O_CLOEXEC);
        long from = HELPER + 1;
        for (int kept :
                needed.stream().map(Descriptor::number).distinct().sorted().toList()) {
            closeRange(calls, from, kept - 1L);
            from = kept + 1L;
        }
        closeRange(calls, from, LAST_DESCRIPTOR);
        calls.call(
                SyscallNumber.EXECVEAT,
                Argument.flags(HELPER, HELPER + " <helper>"),
                Argument.text(""),
                Argument.texts(List.of("slipway-exec")),
                Argument.texts(List.of()),
                Argument.flags(AT_EMPTY_PATH, "AT_EMPTY_PATH"));
        return program;
    }

    SyscallProgram second() {
        SyscallProgram program = new SyscallProgram();
        Calls calls = new Calls(program);
        ProcessProgram process = new ProcessProgram(calls);
        process.joinKeyring();
        process.startAfresh();
        container
                .privileges()
                .defaultLimits()
                .forEach(limit -> process.limit(limit).mayFail());
        // Here it may still raise them.
        container.privileges().resourceLimits().stream()
                .map(ResourceLimit::whileOpening)
                .flatMap(Optional::stream)
                .forEach(process::limit);
        scoreForOom(calls);
        process.joinGroups(files.joinFiles().stream().map(Argument::descriptor).toList());
        calls.purpose(Purpose.NAMESPACES);
        calls.call(
                SyscallNumber.SETNS,
                Argument.descriptor(target),
                Argument.flags(namespaces.flags(), String.join("|", namespaces.names())));
        // A change of ids sets it to what fs.suid_dumpable says; undumpable, the container's root cannot trace it.
        calls.prctl(PR_SET_DUMPABLE, "PR_SET_DUMPABLE", 0, "0");
        calls.purpose(Purpose.PROCESS);
        arrangeDescriptors(calls);
        PrivilegeProgram privileges = new PrivilegeProgram(calls);
        privileges.drop(container.privileges(), user);
        calls.prctl(PR_SET_DUMPABLE, "PR_SET_DUMPABLE", 0, "0");
        // Once no descriptor is left by which a name below /proc/self/fd could lead out (CVE-2024-21626).
        String directory =
                spec.workingDirectory().orElse(container.application().workingDirectory());
        calls.changeDirectory(directory)
                .means((errno, result) -> PathMeaning.of(errno, "the working directory " + directory));
        container.privileges().resourceLimits().stream()
                .filter(ResourceLimit::isOfOpenFiles)
                .forEach(process::limit);
        execute(calls, process, privileges.filter(container.privileges()));
        return program;
    }

    private void scoreForOom(Calls calls) {
        String score = Integer.toString(
                spec.oomScoreAdj().orElse(container.privileges().oomScoreAdj().orElse(0)));
        calls.writeExisting("/proc/self/oom_score_adj", score.getBytes(StandardCharsets.US_ASCII), '"' + score + '"');
    }

    private void arrangeDescriptors(Calls calls) {
        for (int i = 0; i < 3; i++) {
            duplicate(calls, files.standard().get(i), i, 0);
        }
        duplicate(calls, files.joinedWrite(), JOINED, O_CLOEXEC);
        closeRange(calls, JOINED + 1, LAST_DESCRIPTOR);
        if (files.terminal().isPresent()) {
            calls.call(
                    SyscallNumber.IOCTL,
                    Argument.number(0),
                    Argument.flags(TIOCSCTTY, "TIOCSCTTY"),
                    Argument.number(0));
        }
    }

    private void execute(Calls calls, ProcessProgram process, Runnable last) {
        String hostname = container.namespaces().hostname();
        Map<String, String> env = ProcessProgram.environment(container.application(), hostname, user.home());
        if (spec.terminal().isPresent()) {
            env.putIfAbsent("TERM", "xterm");
        }
        env.putAll(spec.env());
        calls.purpose(Purpose.EXEC);
        process.unblockSignals();
        Argument argv = Argument.texts(spec.argv());
        Argument environment = Argument.texts(env.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .toList());
        calls.executeFirst(CommandSearch.of(spec.argv().getFirst(), env), path -> {
            last.run();
            calls.call(SyscallNumber.EXECVE, Argument.text(path), argv, environment)
                    .means((errno, result) -> new ExecFailure(container.root(), path, errno)
                            .text()
                            .map(text -> "'" + path + "' was not executed: " + text));
        });
    }

    private static void duplicate(Calls calls, Descriptor from, int to, int flags) {
        calls.call(
                SyscallNumber.DUP3,
                Argument.descriptor(from),
                Argument.number(to),
                flags == 0 ? Argument.number(0) : Argument.flags(flags, "O_CLOEXEC"));
    }

    private static void closeRange(Calls calls, long first, long last) {
        if (first <= last) {
            calls.call(
                    SyscallNumber.CLOSE_RANGE,
                    Argument.number(first),
                    last == LAST_DESCRIPTOR ? Argument.flags(last, "~0") : Argument.number(last),
                    Argument.number(0));
        }
    }
}
