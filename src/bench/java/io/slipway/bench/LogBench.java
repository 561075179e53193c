package io.slipway.bench;

import io.slipway.sandbox.Adoption;
import io.slipway.sandbox.AgentStandIn;
import io.slipway.sandbox.BusyboxRoot;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.log.LogReader;
import io.slipway.sandbox.log.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is known of containers that ended, and of what they wrote, while the agent was dead: killed with kill -9 by us. Arguments: exits, file for the
 * table.
 */
public final class LogBench {
    private static final int EACH = 10;
    private static final int LINES = 1_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private final Path root;
    private final Path state;

    private LogBench(Path work) throws IOException {
        root = BusyboxRoot.make(work.resolve("root"));
        state = work.resolve("state");
    }

    public static void main(String[] args) throws Exception {
        Path work = Files.createTempDirectory("slipway-bench");
        LogBench bench = new LogBench(work);
        int exits = Integer.parseInt(args[0]);
        int told = 0;
        for (int done = 0; done < exits; done += EACH) {
            told += bench.exits(Math.min(EACH, exits - done));
        }
        List<String> table = new ArrayList<>();
        table.add("# Exits and lines while the agent is dead");
        table.add("");
        table.add("By `src/bench/logs " + exits + "`: the process that started the containers is killed (-9) before they end; another one adopts them.");
        table.add("");
        table.add("| what | of | reported as it was |");
        table.add("|---|---|---|");
        table.add("| `exit 42` | " + exits + " | " + told + " |");
        table.add("| lines in order, none lost, none twice | " + LINES + " | " + bench.lines() + " |");
        Files.write(Path.of(args[1]), table);
        table.forEach(System.out::println);
        BenchRoot.delete(work);
        System.exit(0);
    }

    private int exits(int count) throws Exception {
        List<String> containers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            containers.addAll(List.of("c" + i, "sleep 1; exit 42"));
        }
        killedAgent(containers);
        int told = 0;
        try (Sandboxes returned = Sandboxes.open(state, "test", Optional.empty())) {
            Adoption adoption = returned.adopt();
            if (!adoption.running().isEmpty()) {
                throw new IllegalStateException("some had not ended: " + adoption.running());
            }
            for (Sandbox sandbox : adoption.ended()) {
                told += sandbox.exit().orElseThrow().text().equals("exited 42") ? 1 : 0;
                returned.remove(sandbox);
            }
        }
        return told;
    }

    private int lines() throws Exception {
        killedAgent(List.of("c0", "sleep 1; seq 1 " + LINES + "; exit 42"));
        int line = 0;
        try (Sandboxes returned = Sandboxes.open(state, "test", Optional.empty())) {
            returned.adopt();
            Sandbox sandbox = returned.find("c0").orElseThrow();
            while (!sandbox.collectLog()) {
                Thread.onSpinWait();
            }
            try (LogReader log = sandbox.readLog()) {
                StringBuilder text = new StringBuilder();
                for (Optional<LogRecord> next = log.next(); next.isPresent(); next = log.next()) {
                    text.append(next.get().text());
                    if (next.get().whole()) {
                        if (!text.toString().equals(Integer.toString(++line))) {
                            throw new IllegalStateException("line " + line + " is " + text);
                        }
                        text.setLength(0);
                    }
                }
            }
            returned.remove(sandbox);
        }
        return line;
    }

    /** Starts containers, kills who started them, and waits until they have ended. */
    private void killedAgent(List<String> containers) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AgentStandIn.class.getName(),
                state.toString(),
                root.toString()));
        command.addAll(containers);
        Process agent = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!"started".equals(agent.inputReader().readLine())) {
            throw new IllegalStateException("the agent did not start the containers");
        }
        agent.destroyForcibly().waitFor();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (running() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
    }

    /** Whether a process is left in one of our cgroups. */
    private boolean running() throws IOException {
        String name = Sandboxes.cgroupName(state.toRealPath(), "test");
        for (Path hierarchy : List.of(Path.of("/sys/fs/cgroup/pids"), Path.of("/sys/fs/cgroup"))) {
            Path ours = hierarchy.resolve("slipway").resolve(name);
            if (Files.isDirectory(ours)) {
                try (var groups = Files.list(ours)) {
                    for (Path group : groups.filter(Files::isDirectory).toList()) {
                        if (!Files.readString(group.resolve("cgroup.procs")).isBlank()) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }
}
