package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.linux.CallResult;
import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What an explanation says, beside what strace(1) sees of the same start. */
class StraceTest {
    /** Calls that change something. Whatever else a Java machine does is memory, locks, clocks, threads and looking at files. */
    private static final Set<String> CHANGES = Set.of(
            "bpf",
            "chmod",
            "chown",
            "clone3",
            "epoll_ctl",
            "fchmod",
            "fchown",
            "kill",
            "mkdir",
            "mount",
            "mount_setattr",
            "move_mount",
            "open_tree",
            "openat",
            "pipe2",
            "prlimit64",
            "pwrite64",
            "rename",
            "rmdir",
            "sendmsg",
            "sendto",
            "setns",
            "socketpair",
            "unlink",
            "umount2",
            "unshare",
            "write");

    private static final List<String> BESIDE =
            List.of("/c0/", "/events.jsonl", "/c1/explain.json", "/cgroup.event_control", "anon_inode:[eventfd]");

    @TempDir
    static Path temp;

    private static List<Call> traced = List.of();
    private static List<CallResult> explained = List.of();

    /** A call as strace writes it: by which task, and from its name on. */
    private record Call(int task, String text) {
        String name() {
            return text.substring(0, text.indexOf('('));
        }
    }

    /** Starts one container to warm up, and one between two marks, and writes down how that is explained. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            // Once it is closed: what is still open takes nothing away at exit.
            System.exit(marked(Path.of(arguments[0])) ? 1 : 0);
        }

        /** False, as none of the marks is there; they are only to be seen in the trace. */
        private static boolean marked(Path directory) throws Exception {
            SandboxSpec spec = SandboxSpec.of("c0", List.of(directory.resolve("root")), List.of("/bin/sleep", "1"))
                    .withLimits(Limits.of(64 << 20, 1, 20));
            try (Sandboxes sandboxes = Sandboxes.open(directory.resolve("state"), "test", Optional.empty())) {
                ended(sandboxes.start(spec));
                sandboxes.settle();
                boolean begin = Files.exists(Path.of("/mark-begin"));
                Sandbox sandbox = sandboxes.start(spec.withId("c1"));
                boolean started = Files.exists(Path.of("/mark-started"));
                ended(sandbox);
                boolean end = Files.exists(Path.of("/mark-end"));
                JsonMapper.shared().writeValue(directory.resolve("explained").toFile(), sandbox.explain());
                for (Sandbox one : sandboxes.list()) {
                    sandboxes.remove(one);
                }
                return begin || started || end;
            }
        }

        private static Sandbox ended(Sandbox sandbox) throws Exception {
            return sandbox.awaitExit(Duration.ofSeconds(20))
                    .map(exit -> sandbox)
                    .orElseThrow();
        }
    }

    @BeforeAll
    static void start_one_under_strace() throws Exception {
        BusyboxRoot.make(temp.resolve("root"));
        Path trace = temp.resolve("trace");
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        Process process = new ProcessBuilder(
                        "strace",
                        "-f",
                        "-y",
                        "-o",
                        trace.toString(),
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        temp.toString())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("out").toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(temp.resolve("out")))
                .isZero();
        explained = Explanation.read(temp.resolve("explained")).calls();
        traced = between(Files.readAllLines(trace)).toList();
    }

    private static Stream<Call> between(List<String> lines) {
        return lines.stream()
                .dropWhile(line -> !line.contains("\"/mark-begin\""))
                .skip(1)
                .takeWhile(line -> !line.contains("\"/mark-end\""))
                .filter(line -> line.matches("\\d+ +\\w+\\(.*"))
                .map(line -> new Call(
                        Integer.parseInt(line.substring(0, line.indexOf(' '))),
                        line.substring(line.indexOf(' ')).strip()));
    }

    private static List<String> explained(String by) {
        return explained.stream()
                .filter(call -> call.by().equals(by))
                .map(CallResult::call)
                .toList();
    }

    /** The container's first process: whoever became pid 1 by an execveat. */
    private static int child() {
        return traced.stream()
                .filter(call -> call.name().equals("execveat"))
                .findFirst()
                .orElseThrow()
                .task();
    }

    @Test
    void the_childs_calls_are_all_there_and_in_order() {
        List<String> seen = traced.stream()
                .filter(call -> call.task() == child())
                .map(Call::name)
                .toList();
        List<String> untilExec = seen.subList(0, seen.indexOf("execveat") + 1);
        assertThat(explained("child")).containsExactlyElementsOf(untilExec);
    }

    @Test
    void the_calls_of_pid_1_are_all_there() {
        List<String> seen = traced.stream()
                .filter(call -> call.task() == child())
                .map(Call::name)
                .toList();
        List<String> afterExec = seen.subList(seen.indexOf("execveat") + 1, seen.size());
        assertThat(explained("pid 1")).containsAll(afterExec);
        assertThat(afterExec).contains("clone", "wait4", "exit_group");
    }

    @Test
    void of_the_agents_calls_all_are_there_that_change_something() {
        Set<Integer> others = traced.stream()
                .filter(call -> call.name().startsWith("exec"))
                .map(Call::task)
                .collect(Collectors.toSet());
        Predicate<Call> agents = call -> !others.contains(call.task()) && CHANGES.contains(call.name());
        Map<String, Long> seen = traced.stream()
                .takeWhile(call -> !call.text().contains("\"/mark-started\""))
                .filter(agents)
                .filter(call -> !call.name().equals("openat") || call.text().contains("O_WRONLY"))
                // What is written down beside the starts, of the first one too; threads of the Java machine.
                .filter(call -> BESIDE.stream().noneMatch(call.text()::contains))
                .filter(call ->
                        !call.text().contains("CLONE_THREAD") && !call.text().contains("CLONE_FS"))
                .collect(Collectors.groupingBy(Call::name, TreeMap::new, Collectors.counting()));
        Map<String, Long> told = explained.stream()
                .filter(call -> call.by().equals("agent"))
                .filter(call -> !call.call().equals("open") || call.text().contains("O_WRONLY"))
                .map(call -> call.call().equals("open") ? "openat" : call.call())
                .filter(CHANGES::contains)
                .collect(Collectors.groupingBy(call -> call, TreeMap::new, Collectors.counting()));
        assertThat(told)
                .as(() -> traced.stream()
                        .filter(agents)
                        .map(call -> call.task() + " " + call.text())
                        .collect(Collectors.joining("\n")))
                .isEqualTo(seen);
    }
}
