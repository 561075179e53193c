package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path temp;

    private Leftovers before;
    private Path root;
    private Sandboxes sandboxes;

    @BeforeEach
    void open() throws Exception {
        before = Leftovers.now();
        root = BusyboxRoot.make(temp.resolve("root"));
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        for (Sandbox sandbox : sandboxes.list()) {
            sandboxes.remove(sandbox);
        }
        sandboxes.close();
        assertThat(before.since()).isEmpty();
        try (var left = Files.list(temp.resolve("state"))) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("lock", "owner");
        }
    }

    private SandboxSpec spec(String id, String... argv) {
        return SandboxSpec.of(id, List.of(root), List.of(argv));
    }

    private Exit run(SandboxSpec spec) throws Exception {
        return sandboxes.start(spec).awaitExit(LONG).orElseThrow();
    }

    private String output(String id) throws Exception {
        return Files.readString(sandboxes.find(id).orElseThrow().stdoutLog())
                + Files.readString(sandboxes.find(id).orElseThrow().stderrLog());
    }

    @Test
    void its_exit_code_is_reported() throws Exception {
        Exit exit = run(spec("c1", "/bin/sh", "-c", "echo out; echo err >&2; exit 42"));
        assertThat(exit.kind()).as(exit.text()).isEqualTo(Exit.Kind.EXITED);
        assertThat(exit.code()).isEqualTo(42);
        assertThat(output("c1")).isEqualTo("out\nerr\n");
    }
}
