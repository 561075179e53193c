package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.image.ImageConfig;
import io.slipway.image.LayoutWriter;
import io.slipway.linux.OuterTerminal;
import io.slipway.linux.WindowSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Of {@code slipway run -it} as a process of its own, at a terminal that is typed to. */
class RunTerminalTest extends RuntimeByHand {
    private static final int SECONDS = 60;
    private static final String PROMPT = "PS1='> '; export PS1; exec sh";
    private final List<Process> started = new ArrayList<>();
    private OuterTerminal ours;
    private String before;

    @BeforeEach
    void sit_down() throws Exception {
        ours = new OuterTerminal(new WindowSize(31, 97));
        before = ours.settings();
    }

    @AfterEach
    void get_up() throws Exception {
        started.forEach(Process::destroyForcibly);
        for (Process one : started) {
            one.waitFor();
        }
        ours.close();
    }

    private Process run(String... arguments) throws Exception {
        List<String> command = runProgram("--name", "c1");
        command.addAll(List.of(arguments));
        Process process = ours.start(command, temp.resolve("err").toFile());
        started.add(process);
        return process;
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited for " + SECONDS + " s").isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** Waits until the terminal shows a text after what it has shown already. */
    private int shows(int from, String text) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!ours.shown().substring(from).contains(text)) {
            assertThat(System.nanoTime())
                    .as("waited for '" + text + "' after: " + ours.shown() + "\nerrors: " + err())
                    .isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
        return ours.shown().indexOf(text, from) + text.length();
    }

    private String err() throws Exception {
        return Files.exists(temp.resolve("err")) ? Files.readString(temp.resolve("err")) : "";
    }

    private static int code(Process process) throws Exception {
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private int containers() throws Exception {
        return slipway("ps", "--all", "--output", "json").json().size();
    }

    private JsonNode inspected() throws Exception {
        return ApiClient.JSON.readTree(slipway("inspect", "c1").out());
    }

    @Test
    void a_shell_is_typed_to_as_if_it_were_here_and_its_exit_code_is_ours() throws Exception {
        Process run = run("-it", "--rm", image, "sh", "-c", PROMPT);
        int at = shows(0, "> ");
        assertThat(ours.settings()).as("raw").isNotEqualTo(before);
        ours.type("busybox stty size; busybox tty\r");
        at = shows(at, "busybox stty size; busybox tty\r\n");
        at = shows(shows(at, "31 97\r\n/dev/pts/0\r\n"), "> ");
        ours.resize(new WindowSize(40, 120));
        ours.type("until [ \"$(busybox stty size)\" = '40 120' ]; do sleep 0.05; done; echo wi''der\r");
        at = shows(shows(at, "wider\r\n"), "> ");
        // Told by what is in the foreground by then: a key between the two would find the shell, which waits on.
        ours.type("sh -c 'echo be\"\"gun; exec sleep 1000'; echo af''ter $?\r");
        at = shows(at, "begun");
        ours.type("\u0003");
        at = shows(at, "> ");
        assertThat(ours.shown()).as("the whole line is given up").doesNotContain("after");
        ours.type("echo re''ading; cat; echo en''ded\r");
        at = shows(at, "reading");
        ours.type("twice\r");
        at = shows(at, "twice\r\ntwice\r\n");
        ours.type("\u0004");
        shows(shows(at, "ended\r\n"), "> ");
        ours.type("exit 42\r");
        assertThat(code(run)).isEqualTo(42);
        assertThat(ours.settings()).isEqualTo(before);
        assertThat(err()).isEmpty();
        assertThat(containers()).as("removed").isZero();
    }

    @Test
    void a_key_for_a_signal_reaches_the_application_and_nothing_of_us() throws Exception {
        Process run =
                run("-it", image, "sh", "-c", "trap 'echo caught; exit 7' INT; echo up; while :; do sleep 0.05; done");
        int at = shows(0, "up");
        ours.type("\u0003");
        shows(at, "caught");
        assertThat(code(run)).isEqualTo(7);
        assertThat(ours.settings()).isEqualTo(before);
        assertThat(inspected().path("terminal").asBoolean()).isTrue();
        Ran logs = slipway("logs", "c1");
        assertThat(logs.out()).isEmpty();
        assertThat(logs.err()).contains("what it shows there is not logged");
        assertThat(slipway("explain", "c1").out()).contains("setsid", "TIOCSCTTY");
    }

    @Test
    void a_signal_to_us_ends_the_container_and_sets_the_terminal_back() throws Exception {
        Process run = run("-it", "--rm", image, "sh", "-c", PROMPT);
        shows(0, "> ");
        run.destroy();
        assertThat(code(run)).isEqualTo(143);
        assertThat(ours.settings()).isEqualTo(before);
        assertThat(err()).contains("container c1 is asked to end (SIGHUP, SIGTERM)");
        assertThat(containers()).isZero();
    }

    @Test
    void leaving_without_waiting_sets_the_terminal_back_too() throws Exception {
        Process run = run("-it", "--rm", image, "sh", "-c", "trap '' HUP TERM; echo up; while :; do sleep 0.05; done");
        shows(0, "up");
        slipway("pause", "c1");
        run.destroy();
        until(() -> err().contains("is asked to end"));
        run.destroy();
        until(() -> err().contains("is killed"));
        run.destroy();
        assertThat(code(run)).isEqualTo(143);
        assertThat(ours.settings()).isEqualTo(before);
    }

    @Test
    void a_terminal_that_hangs_up_hangs_up_in_the_container() throws Exception {
        Process run = run("-it", "--rm", image, "sh", "-c", PROMPT);
        shows(0, "> ");
        ours.hangUp();
        assertThat(code(run)).isEqualTo(129);
        assertThat(containers()).isZero();
    }

    @Test
    void the_application_is_told_when_we_are_killed() throws Exception {
        Process run = run("-it", image, "sh", "-c", "echo up; exec sleep 1000");
        shows(0, "up");
        run.destroyForcibly().waitFor();
        until(() -> inspected().path("state").asString().equals("ended"));
        assertThat(inspected().path("exit").toString()).contains("SIGHUP");
    }

    @Test
    void a_terminal_alone_is_written_to_and_not_read() throws Exception {
        Process run = run("-t", "--rm", image, "sh", "-c", "busybox stty size; [ -t 1 ] && echo terminal");
        assertThat(code(run)).isZero();
        shows(shows(0, "31 97"), "terminal");
        assertThat(ours.settings()).isEqualTo(before);
    }

    /** CVE-2025-52565 and its kin; TerminalEscapeTest has them one by one. */
    @Test
    void an_image_whose_dev_leads_to_the_host_has_a_terminal_of_its_own_all_the_same() throws Exception {
        Path victim = Files.writeString(temp.resolve("victim"), "untouched");
        LayoutWriter writer = LayoutWriter.open(temp.resolve("hostile"));
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        LayoutWriter.Layer layer = writer.layer(tar -> tar.directory("bin", 0755)
                .directory("dev", 0755)
                .file("bin/busybox", busybox, 0755)
                .symlink("dev/console", victim.toString())
                .symlink("dev/ptmx", victim.toString())
                .symlink("dev/null", "/proc/sys/kernel/hostname")
                .symlink("dev/pts", temp.toString()));
        writer.image("1", ImageConfig.of(List.of(), new LinkedHashMap<>(), List.of()), List.of(layer));
        writer.finish();
        String tries = "for f in console ptmx pts/ptmx pts/victim; do (echo evil > /dev/$f) 2>/dev/null; done;"
                + " busybox tty; busybox hostname";
        Process run = run("-t", "--rm", "oci:" + temp.resolve("hostile") + ":1", "/bin/busybox", "sh", "-c", tries);
        shows(shows(0, "/dev/pts/0"), "c1");
        assertThat(code(run)).isZero();
        assertThat(victim).hasContent("untouched");
    }
}
