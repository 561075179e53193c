package io.slipway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.app.Replicas.Living;
import io.slipway.app.demo.FileTree;
import io.slipway.app.demo.HostTraces;
import io.slipway.app.demo.Load;
import io.slipway.app.demo.LocalSlipway;
import io.slipway.app.demo.SampleImages;
import io.slipway.cli.ApiClient;
import io.slipway.cli.CommandFailed;
import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A whole Slipway of its own with one settled revision and load on its edge, on which releases are made and processes killed. */
final class KillScene {
    static final String SERVICE = "sample";
    private static final String HOST = "sample.example.com";
    private static final Set<String> OVER =
            Set.of("settled", "unproven", "reverted", "aborted", "superseded", "failed");
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration WITHIN = Duration.ofSeconds(90);
    /** Each is bound to a revision by its cookie: only many of them give arms of equal rates, which the judge asks for. */
    private static final int CLIENTS = 900;

    private static final double REQUESTS_PER_SECOND = 110;

    private final Path directory;
    private final Path images;
    private final LocalSlipway slipway;
    private final Load load;
    private final ApiClient api;
    final Replicas replicas;
    private int releases;

    /** @param lasting edge and containers go on when {@code slipway up} is ended */
    KillScene(boolean lasting) throws IOException, InterruptedException {
        directory = Files.createTempDirectory(
                "slipway-kill", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        images = directory.resolve("images");
        SampleImages.build(images);
        slipway = lasting ? LocalSlipway.startLasting(directory) : LocalSlipway.start(directory);
        api = slipway.api();
        replicas = new Replicas(slipway.data());
        load = new Load(slipway.edge(), HOST, CLIENTS, REQUESTS_PER_SECOND);
    }

    /** Releases the first revision, and puts the load on it once it has settled. */
    void begin() {
        String first = release("2s");
        assertThat(awaitOver(first).path("state").asString("")).isEqualTo("settled");
        load.start();
    }

    Load.Snapshot load() {
        return load.snapshot();
    }

    ApiClient api() {
        return api;
    }

    /** Releases one of two images that are as good as each other, in turn; returns the rollout's id. */
    String release(String watch) {
        String image = "oci:" + images + (releases++ % 2 == 0 ? ":v1" : ":v2");
        String file = """
            service: %s
            image: '%s'
            processes:
              web:
                replicas: 1
                ports: {http: 8080}
                resources: {cpu: 1, memory: 192MiB, pids: 128}
                health: {readiness: {http: /healthz, every: 1s, failures: 5}}
                stop: {signal: SIGTERM, grace: 5s}
            env: {START_MS: '1500'}
            route: {host: %s, path: /, process: web, port: http, affinity: revision}
            release:
              owner: alice@example.com
              channel: https://chat.example.com/rooms/sample
              checks: [image, capacity, smoke]
              steps:
                - weight: 50%%
                - gate: {minRequests: 60, atMost: 80s}
                - weight: 100%%
              stopConditions:
                - {metric: error_rate, regressesBy: 20pp}
              watch: {for: %s, shortWatch: true, control: auto}
            """.formatted(SERVICE, image, HOST, watch);
        return api.post("/api/v1/releases", file, "application/yaml", Optional.empty())
                .path("rollout")
                .path("id")
                .asString("");
    }

    void revert(String rollout) {
        api.post("/api/v1/rollouts/" + rollout + "/revert", Map.of("reason", "to see it killed on its way"));
    }

    JsonNode rollout(String id) {
        return api.get("/api/v1/rollouts/" + id);
    }

    /** Oldest first. */
    List<JsonNode> decisions(String rollout) {
        return items("/api/v1/rollouts/" + rollout + "/decisions").reversed();
    }

    List<JsonNode> allocations() {
        return items("/api/v1/allocations?service=" + SERVICE);
    }

    /** Rollouts of the service that are not over. */
    List<String> active() {
        return items("/api/v1/rollouts?service=" + SERVICE).stream()
                .filter(it -> !isOver(it))
                .map(it -> it.path("id").asString(""))
                .toList();
    }

    static boolean isOver(JsonNode rollout) {
        return OVER.contains(rollout.path("state").asString(""));
    }

    private List<JsonNode> items(String path) {
        return new ArrayList<>(StreamSupport.stream(api.get(path).path("items").spliterator(), false)
                .toList());
    }

    /** Ids of the allocations that are to run, ready or not. */
    Set<String> wanted() {
        return allocations().stream()
                .filter(it -> it.path("wanted").asBoolean())
                .map(it -> it.path("id").asString(""))
                .collect(Collectors.toSet());
    }

    /** The living containers of the allocations that are wanted and ready. */
    Map<String, Living> ready() {
        Set<String> ready = allocations().stream()
                .filter(it -> it.path("wanted").asBoolean()
                        && it.path("state").asString("").equals("ready"))
                .map(it -> it.path("id").asString(""))
                .collect(Collectors.toSet());
        Map<String, Living> living = new HashMap<>();
        replicas.living().stream()
                .filter(it -> ready.contains(it.allocation()))
                .forEach(it -> living.put(it.allocation(), it));
        return living;
    }

    JsonNode awaitOver(String rollout) {
        return await("the end of rollout " + rollout, () -> {
            assertThat(Replicas.twins(replicas.living())).isEmpty();
            return Optional.of(rollout(rollout)).filter(KillScene::isOver);
        });
    }

    /** Asks again and again, also while nobody answers. */
    <T> T await(String what, Supplier<Optional<T>> ask) {
        long deadlineNanos = System.nanoTime() + WITHIN.toNanos();
        String last = "";
        while (System.nanoTime() < deadlineNanos) {
            try {
                Optional<T> answer = ask.get();
                if (answer.isPresent()) {
                    return answer.get();
                }
            } catch (CommandFailed unreachable) {
                last = String.valueOf(unreachable.getMessage());
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        throw new AssertionError("waited " + WITHIN.toSeconds() + " s in vain for " + what + "; " + last + "; active: "
                + active() + "; allocations: " + allocations() + "; log: " + log());
    }

    private String log() {
        try {
            return Files.readString(slipway.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the controller with SIGKILL; returns when it was seen dead. Its supervisor starts it again. */
    Instant killController() throws IOException {
        return kill(pidIn("controller.pid"));
    }

    /** Kills {@code slipway up}, the agent, with SIGKILL; returns when it was seen dead. */
    Instant killAgent() {
        return kill(slipway.agentPid());
    }

    void restartAgent() throws IOException {
        slipway.restartAgent();
    }

    /** Ends {@code slipway up} by SIGTERM; returns when it has ended. */
    Instant endUp() throws IOException, InterruptedException {
        slipway.end();
        return Instant.now();
    }

    Instant killEdge() throws IOException {
        return kill(edgePid());
    }

    int edgePid() throws IOException {
        return pidIn("proxy.pid");
    }

    private int pidIn(String file) throws IOException {
        return Integer.parseInt(Files.readString(slipway.data().resolve(file)).split(" ")[0]);
    }

    /** Returns once so many more requests were sent, with what had happened by then. */
    Load.Snapshot awaitSent(long more) {
        long enough = load.snapshot().sent() + more;
        return await(more + " more requests", () -> Optional.of(load.snapshot()).filter(it -> it.sent() >= enough));
    }

    private Instant kill(int pid) {
        ProcessIdentity victim = ProcessIdentity.of(pid).orElseThrow();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await("the death of process " + pid, () -> Optional.of(victim).filter(it -> !it.runs()));
        return Instant.now();
    }

    /** Returns when the host is heard of again since a moment. */
    void awaitReport(Instant since) {
        await(
                "a report of the host",
                () -> items("/api/v1/hosts").stream()
                        .filter(host ->
                                Instant.parse(host.path("seenAt").asString("")).isAfter(since))
                        .findFirst());
    }

    /** Takes everything away; returns what is left of it. */
    List<String> end() throws IOException, InterruptedException {
        load.stop();
        HostTraces traces = HostTraces.of(directory);
        slipway.tearDown();
        FileTree.delete(directory);
        return traces.left();
    }
}
