package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.linux.Purpose;
import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {
    @TempDir
    Path temp;

    private SandboxSpec spec() throws Exception {
        SandboxSpec spec = SandboxSpec.of("c1", List.of(BusyboxRoot.make(temp.resolve("root"))), List.of("/bin/true"));
        return spec.withLimits(Limits.of(64 << 20, 1, 20))
                .withNamespaces(spec.namespaces().withUser(IdRange.DEFAULT));
    }

    /** Without the numbers of processes and descriptors, and without what depends on what is found meanwhile. */
    private static List<String> comparable(Explanation explanation) {
        return explanation.calls().stream()
                .map(call -> call.by() + " " + call.text())
                .map(text -> text.replaceAll("\\b\\d+<", "<")
                        .replaceAll("/proc/\\d+/", "/proc/PID/")
                        // The times in it.
                        .replaceAll("(write\\(<.*state.jsonl>, .*, )\\d+\\)", "$1length)")
                        .replaceAll("(RUNNING.*pid.*:)\\d+,.*", "$1PID")
                        .replaceAll("\\[\\d+, \\d+\\]\\)$", "[0, 0])"))
                .filter(text -> !text.contains("faccessat(") && !text.contains("/proc/PID/stat"))
                // What reads a group that is not there yet finds nothing in a plan.
                .filter(text -> !text.matches(".*(open|read|close)\\(.*/cgroup\\.(subtree_control|events).*"))
                .filter(text -> !text.contains("epoll_ctl(") && !text.contains("oom_score_adj"))
                .toList();
    }

    @Test
    void the_calls_that_are_planned_are_those_that_are_made() throws Exception {
        SandboxSpec spec = spec();
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty())) {
            // What is tried once and remembered, and made once for all.
            sandboxes.remove(sandboxes.start(spec.withId("c0")));
            Explanation plan = sandboxes.plan(spec);
            Sandbox sandbox = sandboxes.start(spec);
            assertThat(sandbox.awaitExit(Duration.ofSeconds(20))).isPresent();
            Explanation made = sandbox.explain();
            sandboxes.remove(sandbox);
            assertThat(comparable(made)).containsExactlyElementsOf(comparable(plan));
        }
    }

    @Test
    void a_plan_changes_nothing() throws Exception {
        SandboxSpec spec = spec();
        Leftovers before = Leftovers.now();
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty())) {
            assertThat(sandboxes.plan(spec).planned()).isTrue();
            assertThat(before.since(sandboxes.cgroupName() + "/c1")).isEmpty();
            try (var state = Files.list(temp.resolve("state"))) {
                assertThat(state.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("lock", "owner");
            }
            assertThat(sandboxes.list()).isEmpty();
        }
    }

    @Test
    void every_purpose_but_those_that_it_has_not_is_in_the_plan() throws Exception {
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty())) {
            List<Purpose> purposes = sandboxes.plan(spec()).groups().stream()
                    .map(Explanation.Group::purpose)
                    .toList();
            assertThat(purposes).doesNotContain(Purpose.VOLUMES);
            assertThat(purposes).hasSize(Purpose.values().length - 1);
        }
    }

    @Test
    void shares_of_the_groups_add_up_and_waiting_counts_nowhere() throws Exception {
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty())) {
            Sandbox sandbox = sandboxes.start(spec());
            assertThat(sandbox.awaitExit(Duration.ofSeconds(20))).isPresent();
            Explanation made = sandbox.explain();
            sandboxes.remove(sandbox);
            assertThat(made.groups().stream()
                            .mapToDouble(Explanation.Group::share)
                            .sum())
                    .isBetween(0.999, 1.001);
            assertThat(made.lines()).anyMatch(line -> line.contains("wait4(") && line.endsWith("[waits]"));
            assertThat(made.lines()).anyMatch(line -> line.startsWith("namespaces: ") && line.contains(" %]"));
            assertThat(made.calls().stream().map(call -> call.call()).toList().indexOf("clone3"))
                    .isLessThan(made.calls().stream()
                            .map(call -> call.text())
                            .toList()
                            .indexOf("setresuid(0, 0, 0)"));
        }
    }
}
