package io.slipway.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A process of a container, as proc_pid_stat(5) and proc_pid_status(5) tell it.
 *
 * @param pid on the host
 * @param pidInside in the container
 * @param uid in the container
 * @param user its name there; the number where it has none
 * @param state a letter: R runs, S sleeps, D waits for the kernel, Z has ended, T is stopped
 * @param cpuSeconds that it has used itself
 * @param rssBytes of memory that it has in use, shared pages among them
 * @param command with arguments; its name in brackets when it has none
 */
public record ContainerProcess(
        int pid,
        int pidInside,
        int uid,
        String user,
        char state,
        double cpuSeconds,
        long rssBytes,
        int threads,
        String command) {
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int THREADS = 17;
    /** USER_HZ, the same on all machines that we run on. */
    private static final double TICKS_PER_SECOND = 100;

    static List<ContainerProcess> all(SandboxSpec spec, List<Integer> pids) throws IOException {
        Accounts accounts = new Accounts(spec.root().layers());
        List<ContainerProcess> all = new ArrayList<>();
        for (int pid : pids) {
            read(spec, accounts, Path.of("/proc/" + pid), pid).ifPresent(all::add);
        }
        all.sort(Comparator.comparingInt(ContainerProcess::pidInside));
        return all;
    }

    private static Optional<ContainerProcess> read(SandboxSpec spec, Accounts accounts, Path proc, int pid) {
        try {
            String stat = Files.readString(proc.resolve("stat"));
            // The name may hold spaces and brackets: fields are counted after the last bracket.
            int bracket = stat.lastIndexOf(')');
            String name = stat.substring(stat.indexOf('(') + 1, bracket);
            String[] field = stat.substring(bracket + 2).split(" ");
            List<String> status = Files.readAllLines(proc.resolve("status"));
            int uid = inside(spec, Integer.parseInt(word(status, "Uid:", 0)));
            double ticks = Double.parseDouble(field[USER_TIME]) + Double.parseDouble(field[SYSTEM_TIME]);
            return Optional.of(new ContainerProcess(
                    pid,
                    Integer.parseInt(lastWord(status, "NSpid:")),
                    uid,
                    accounts.name(uid).orElse(Integer.toString(uid)),
                    field[0].charAt(0),
                    ticks / TICKS_PER_SECOND,
                    Long.parseLong(word(status, "VmRSS:", 0)) << 10,
                    Integer.parseInt(field[THREADS]),
                    command(proc, name)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String command(Path proc, String name) throws IOException {
        String arguments = new String(Files.readAllBytes(proc.resolve("cmdline")), StandardCharsets.UTF_8);
        return arguments.isEmpty()
                ? "[" + name + "]"
                : arguments.replace('\0', ' ').strip();
    }

    private static int inside(SandboxSpec spec, int uid) {
        return spec.namespaces()
                .user()
                .filter(range -> uid >= range.first() && uid < range.first() + range.count())
                .map(range -> uid - range.first())
                .orElse(uid);
    }

    private static String lastWord(List<String> status, String key) {
        String line = word(status, key);
        return line.substring(line.lastIndexOf('\t') + 1);
    }

    private static String word(List<String> status, String key, int index) {
        return word(status, key).split("\\s+")[index];
    }

    /** {@code 0} for one that has ended, which has no memory any more. */
    private static String word(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst()
                .orElse("0");
    }
}
