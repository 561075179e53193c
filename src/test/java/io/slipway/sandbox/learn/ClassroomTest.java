package io.slipway.sandbox.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.sandbox.TimeNamespaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every topic is tried for real. */
class ClassroomTest {
    @TempDir
    Path temp;

    private Leftovers before;

    static Iterable<Topic> topics() {
        boolean clocks = TimeNamespaces.missing().isEmpty();
        return Topics.all().stream()
                .filter(topic -> clocks || !topic.name().equals("time"))
                .toList();
    }

    @BeforeEach
    void look_around() {
        before = Leftovers.now();
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        assertThat(before.since(temp.toString())).isEmpty();
        try (var left = Files.list(temp)) {
            assertThat(left).isEmpty();
        }
    }

    private Shown show(Topic topic) throws Exception {
        try (Classroom classroom = Classroom.open(temp)) {
            return classroom.show(topic);
        }
    }

    private Shown show(String topic) throws Exception {
        return show(Topics.find(topic).orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("topics")
    void with_and_without_it_something_else_is_seen_and_the_calls_are_named(Topic topic) throws Exception {
        Shown shown = show(topic);
        assertThat(shown.calls()).as(topic.name()).isNotEmpty();
        assertThat(shown.with()).as(topic.name()).isNotEmpty().isNotEqualTo(shown.without());
        assertThat(String.join("\n", shown.with())).doesNotContain("not started", "did not end");
        assertThat(topic.purpose()).isNotEmpty();
        assertThat(topic.manual()).isNotEmpty();
    }

    /** A lesson that is to be killed. */
    static final class Killed {
        private Killed() {}

        public static void main(String[] arguments) throws Exception {
            try (Classroom classroom = Classroom.open(Path.of(arguments[0]))) {
                classroom.show(Topics.find("pid-1").orElseThrow());
            }
        }
    }

    @Test
    void what_a_lesson_that_was_killed_has_left_is_taken_away_by_the_next() throws Exception {
        Process lesson = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Killed.class.getName(),
                        temp.toString())
                .inheritIO()
                .start();
        while (lesson.isAlive() && !hasBegun(lesson)) {
            Thread.onSpinWait();
        }
        lesson.destroyForcibly().waitFor();
        assertThat(count(temp)).isEqualTo(1);
        try (Classroom next = Classroom.open(temp);
                Classroom another = Classroom.open(temp)) {
            assertThat(count(temp)).as("of two that are given").isEqualTo(2);
        }
    }

    /** Whether a container of it is there. */
    private boolean hasBegun(Process lesson) throws Exception {
        return count(temp) == 1 && lesson.descendants().findAny().isPresent();
    }

    private static long count(Path directory) throws Exception {
        try (var all = Files.list(directory)) {
            return all.count();
        }
    }

    @Test
    void without_a_pid_namespace_the_hosts_processes_are_seen() throws Exception {
        Shown shown = show("pid");
        assertThat(count(shown.with())).isLessThan(10);
        assertThat(count(shown.without())).isGreaterThan(count(shown.with()));
        assertThat(shown.with().get(2)).contains("slipway-p");
        assertThat(shown.without().get(2)).doesNotContain("slipway-p");
    }

    @Test
    void without_a_uts_namespace_the_host_name_is_the_hosts() throws Exception {
        String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        Shown shown = show("uts");
        assertThat(shown.with()).containsExactly("learn1");
        assertThat(shown.without()).containsExactly(host);
        assertThat(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip())
                .isEqualTo(host);
    }

    @Test
    void without_a_network_namespace_the_hosts_devices_are_seen() throws Exception {
        Shown shown = show("net");
        assertThat(shown.with().getFirst()).startsWith("lo:");
        assertThat(shown.with()).hasSize(2);
        try (var devices = Files.list(Path.of("/sys/class/net"))) {
            assertThat(shown.without()).hasSize((int) Math.min(8, devices.count()) + 1);
        }
    }

    @Test
    void without_a_limit_all_processes_are_started_and_no_more_than_forty() throws Exception {
        for (String topic : List.of("pids", "cgroups")) {
            Shown shown = show(topic);
            assertThat(count(shown.with())).as(topic).isBetween(10, 16);
            assertThat(shown.without()).as(topic).containsExactly("40 of 40 sleepers were started");
        }
    }

    @Test
    void without_a_memory_limit_nothing_is_killed() throws Exception {
        Shown shown = show("memory");
        assertThat(shown.with()).contains("Killed");
        assertThat(shown.without()).contains("and goes on").doesNotContain("Killed");
    }

    @Test
    void without_the_id_maps_it_does_not_start() throws Exception {
        Shown shown = show("ids");
        assertThat(shown.with().getFirst()).startsWith("uid=0");
        assertThat(shown.without().getFirst()).contains("not started", "EPERM");
    }

    @Test
    void without_the_overlay_the_image_itself_is_changed() throws Exception {
        Shown shown = show("layers");
        assertThat(shown.with())
                .containsExactly(
                        "written by the container", "/etc/motd in the image's layer afterwards: there is none");
        assertThat(shown.without())
                .containsExactly(
                        "written by the container",
                        "/etc/motd in the image's layer afterwards: written by the container");
    }

    @Test
    void without_the_drop_of_capabilities_it_can_mount() throws Exception {
        Shown shown = show("capabilities");
        assertThat(shown.with().getFirst()).contains("mount:");
        assertThat(shown.without()).contains("mounted a file system");
    }

    @Test
    void without_no_new_privs_a_set_uid_program_makes_root() throws Exception {
        Shown shown = show("no-new-privs");
        assertThat(shown.with()).contains("su: must be suid to work properly");
        assertThat(shown.without()).containsExactly("1000", "and now uid 0");
    }

    @Test
    void without_the_seccomp_filter_it_makes_a_user_namespace() throws Exception {
        Shown shown = show("seccomp");
        assertThat(shown.with().getFirst()).contains("unshare", "Operation not permitted");
        assertThat(shown.without().getFirst()).startsWith("made a user namespace");
    }

    @Test
    void without_pid_1_an_orphan_stays_as_a_zombie() throws Exception {
        Shown shown = show("pid-1");
        assertThat(shown.with()).noneMatch(line -> line.matches(".* Z .*"));
        assertThat(shown.without()).anyMatch(line -> line.matches(".* Z .*sleep.*"));
    }

    @Test
    void without_the_masks_the_hosts_kernel_files_are_read() throws Exception {
        Shown shown = show("masks");
        assertThat(shown.with()).contains("/proc/interrupts: 0 lines");
        assertThat(shown.without()).anyMatch(line -> line.matches("/proc/interrupts: [1-9][0-9]* lines"));
    }

    private static int count(List<String> lines) {
        return Integer.parseInt(lines.getFirst().split(" ")[0]);
    }
}
