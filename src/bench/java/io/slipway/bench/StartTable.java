package io.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the start benchmark measured, as it is committed. */
record StartTable(
        List<String> versions,
        int rounds,
        int warmUp,
        Map<String, List<Double>> ms,
        Map<String, List<Double>> alone,
        Map<String, List<Double>> parts,
        Map<String, String> rates,
        Map<String, String> memory,
        Map<String, Long> calls) {
    static final String SPAWN = "posix_spawn of /bin/true, no container";
    static final String FULL_USER = "slipway in process, full + user namespace";

    String text() throws IOException {
        StringBuilder text = new StringBuilder("""
            # From start to exit of a container

            `/bin/true` of busybox: started, ended, collected and removed with its cgroups; ms. Taken in turn, shuffled, in one run of %d rounds, after %d
            warm-up starts of ours (the others are programs of their own, started anew each time). %d cores, Linux %s, cgroup version 1, the JVM with
            the agent's settings. Ours has an overlay over one layer, its own pid 1, logs to files and a written state, all on an ext4 of its own (`src/bench/disk`), and its system
            calls recorded; crun and runc run on the plain directory, with their output to a file. *full*: cgroup namespace, memory, cpu and pids limits,
            masked and read-only kernel files; ours has all but the limits in *minimal* too. *The limit* is `src/bench/floor`: what *full* needs at least,
            without a user namespace, a pid 1, records, logs or checks. Of ours the deleting of files, once set aside, and the writing down of how a
            container was made, which a removed one is spared, are beside what is timed, but within the containers per second. *State in memory*:
            the state directory on a tmpfs; the difference is what the disk takes for five files and seven directories made and deleted, of which overlay
            makes a file and three directories, beside those that it only tries out. Repeat it with `src/bench/start`. Other work ran on the
            machine: compare within the table only. %s; beside %s.

            | who | lowest | median | p95 |
            |---|---|---|---|
            """.formatted(
                rounds,
                warmUp,
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip().replaceAll("-.*", ""),
                LocalDate.now(ZoneOffset.UTC),
                versions.isEmpty() ? "no other runtime" : String.join(", ", versions)));
        ms.forEach((who, list) -> text.append("| " + who + " | " + Timing.cells(list) + " |\n"));
        text.append(perSpawn());
        text.append("\n## Two at a time, full + user namespace, in turn\n\n| who | containers per second |\n|---|---|\n");
        rates.forEach((who, rate) -> text.append("| " + who + " | " + rate + " |\n"));
        text.append("""

            ## Memory, full + user namespace

            *Peak*: of a command the most that one of its processes had resident; of ours that of the whole benchmark, which the agent stands for here.
            *While a container runs*: what the command keeps resident until the container's end; of ours what one more running container adds to the
            agent's heap, with its pid 1. In MiB.

            | who | peak | while a container runs |
            |---|---|---|
            """);
        memory.forEach((who, cells) -> text.append("| " + who + " | " + cells + " |\n"));
        text.append("\n## System calls of a start, with those of the container's first processes (strace -f)\n\n| who | calls |\n|---|---|\n");
        calls.forEach((who, count) -> text.append("| " + who + " | " + count + " |\n"));
        text.append("\n## Where ours goes: full + user namespace in process, medians in ms\n\n| part | ms |\n|---|---|\n");
        parts.forEach((part, list) -> text.append("| " + part + " | " + Timing.median(list) + " |\n"));
        return text.toString();
    }

    /** The goal is a time, of a machine that can be told by what it takes for no container at all. */
    private String perSpawn() {
        if (!alone.containsKey(SPAWN)) {
            return "";
        }
        StringBuilder text = new StringBuilder("\n## Without the other runtimes in between\n\n| who | lowest | median | p95 |\n|---|---|---|---|\n");
        alone.forEach((who, list) -> text.append("| " + who + " | " + Timing.cells(list) + " |\n"));
        double times = Timing.at(alone.get(FULL_USER), 0.5) / Timing.at(alone.get(SPAWN), 0.5);
        text.append(String.format(Locale.ROOT, """

                The goal, 2.0 ms, is of a machine where that posix_spawn took 0.60 ms, thus 3.3 times as much. Here full with a user namespace takes %.1f times
                as much; what the others leave the kernel to clean up is not among it.
                """, times));
        return text.toString();
    }
}
