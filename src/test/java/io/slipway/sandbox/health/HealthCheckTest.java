package io.slipway.sandbox.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.RealContainers;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of containers without a network of this host: they are asked at their own 127.0.0.1. */
class HealthCheckTest extends RealContainers {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void an_http_check_asks_within_the_containers_own_network() throws Exception {
        Sandbox server = start("echo hello > /tmp/index.html; exec /bin/busybox httpd -f -p 8080 -h /tmp");
        until(() -> new HealthCheck.Http(8080, "/").ask(server, PATIENCE).isEmpty());
        assertThat(new HealthCheck.Http(8080, "/none").ask(server, PATIENCE)).contains("GET /none was answered 404");
        assertThat(new HealthCheck.Tcp(8080).ask(server, PATIENCE)).isEmpty();
        assertThat(new HealthCheck.Tcp(8081).ask(server, PATIENCE).orElseThrow())
                .startsWith("127.0.0.1:8081: ")
                .contains("refused");
    }

    @Test
    void what_accepts_and_says_nothing_or_no_http_is_not_well() throws Exception {
        Sandbox silent = start("nc -l -p 8080 -e /bin/sleep 1000");
        until(() -> new HealthCheck.Http(8080, "/")
                .ask(silent, SHORT)
                .orElse("")
                .equals("127.0.0.1:8080: no answer within 300 ms"));
        Sandbox strange = start("while true; do echo hello | nc -l -p 8080; done");
        until(() -> new HealthCheck.Http(8080, "/")
                .ask(strange, PATIENCE)
                .orElse("")
                .equals("GET / got no HTTP answer"));
    }

    @Test
    void what_answers_without_an_end_is_not_waited_for() throws Exception {
        Sandbox server = start("while true; do (while true; do echo -n a; sleep 0.05; done) | nc -l -p 8080; done");
        until(() -> new HealthCheck.Http(8080, "/")
                .ask(server, SHORT)
                .orElse("")
                .equals("127.0.0.1:8080: no answer within 300 ms"));
    }

    @Test
    void a_command_is_asked_by_its_exit_code_and_its_last_words_are_told() throws Exception {
        Sandbox sandbox = start("sleep 1000");
        assertThat(shell(sandbox, "true", PATIENCE)).isEmpty();
        assertThat(shell(sandbox, "echo all is; echo ill >&2; exit 3", PATIENCE))
                .isEqualTo("/bin/sh exited 3: ill");
        assertThat(shell(sandbox, "echo first; echo; printf 'last\\033[2J\\n'; exit 1", PATIENCE))
                .isEqualTo("/bin/sh exited 1: last?[2J");
        assertThat(new HealthCheck.Command(List.of("/bin/none"))
                        .ask(sandbox, PATIENCE)
                        .orElseThrow())
                .contains("/bin/none")
                .contains("ENOENT");
        assertThat(shell(sandbox, "dd if=/dev/zero bs=65536 count=64 2> /dev/null", PATIENCE))
                .as("4 MiB of output hold nobody up")
                .isEmpty();
    }

    @Test
    void a_command_whose_time_is_over_is_killed_with_what_it_started() throws Exception {
        Sandbox sandbox = start("sleep 1000");
        assertThat(shell(sandbox, "sleep 2000 & sleep 2000", SHORT))
                .isEqualTo("/bin/sh killed as its 300 ms were over");
        until(() -> sandbox.processes().size() == 2);
    }

    @Test
    void asking_is_no_event() throws Exception {
        Sandbox sandbox = start("sleep 1000");
        shell(sandbox, "true", PATIENCE);
        sandboxes.settle();
        try (var events = sandboxes.events().read()) {
            assertThat(events.next().orElseThrow().kind().name()).isEqualTo("CREATED");
            assertThat(events.next().orElseThrow().kind().name()).isEqualTo("STARTED");
            assertThat(events.next()).isEmpty();
        }
    }

    private Sandbox start(String script) throws Exception {
        String id = "c" + sandboxes.list().size();
        return sandboxes.start(SandboxSpec.of(id, List.of(root), List.of("/bin/sh", "-c", script)));
    }

    private static String shell(Sandbox sandbox, String script, Duration atMost) throws Exception {
        return new HealthCheck.Command(List.of("/bin/sh", "-c", script))
                .ask(sandbox, atMost)
                .orElse("");
    }
}
