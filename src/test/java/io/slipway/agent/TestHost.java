package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.checker.Leftovers;
import io.slipway.fleet.Assignments;
import io.slipway.fleet.FleetServer;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.HostAssignment;
import io.slipway.placement.HostReport;
import io.slipway.release.Probe;
import io.slipway.release.ProcessSpec;
import io.slipway.release.Resources;
import io.slipway.routing.RouteTable;
import io.slipway.sandbox.BusyboxRoot;
import io.slipway.traffic.ProxyOptions;
import io.slipway.traffic.ProxyServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A host with real containers, a real edge and an agent that can be killed, told what to do by a controller played by the test. */
final class TestHost implements AutoCloseable {
    static final RevisionId REVISION = new RevisionId(new ServiceName("web"), 1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Path directory;
    private final Leftovers before = Leftovers.now();
    private final String owner = UUID.randomUUID().toString().replace("-", "");
    private final FleetServer controller;
    private final Map<Instant, MetricWindow> windows = new LinkedHashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private ProxyServer edge;
    private @Nullable Process agent;
    private @Nullable HostReport last;
    private int reports;
    private long generation;

    TestHost() throws IOException {
        directory = Files.createTempDirectory("slipway-agent");
        Path root = BusyboxRoot.make(directory.resolve("root"));
        Path slow = Files.createDirectories(root.resolve("srv/cgi-bin")).resolve("slow");
        Files.writeString(slow, "#!/bin/sh\nsleep 1\nprintf 'Content-Type: text/plain\\r\\n\\r\\nwhole '\nhostname\n");
        Files.writeString(root.resolve("srv/index.html"), "hello\n");
        Directories.give(root.resolve("srv"), 100_000, 100_000);
        assertThat(slow.toFile().setExecutable(true, false)).isTrue();
        Files.writeString(directory.resolve("edge-token"), "edge-secret\n");
        edge = ProxyServer.start(edgeOptions(0, 0));
        controller = new FleetServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AgentProcess.TOKEN, this::take);
    }

    /** A replica that serves /srv by HTTP on port 8080. */
    static Allocation server(String id) {
        return allocation(
                id,
                Optional.of(Probe.of(Optional.of("/"), "http", Duration.ofMillis(300), Duration.ofSeconds(1), 3)),
                "/bin/busybox",
                "httpd",
                "-f",
                "-p",
                "8080",
                "-h",
                "/srv");
    }

    static Allocation allocation(String id, Optional<Probe> readiness, String... command) {
        ProcessSpec spec = ProcessSpec.of(
                List.of(command),
                1,
                Map.of("http", 8080),
                new Resources(0.5, 64 << 20, 64),
                readiness,
                "SIGTERM",
                Duration.ofSeconds(3));
        return allocation(id, spec);
    }

    static Allocation allocation(String id, ProcessSpec spec) {
        return new Allocation(
                new AllocationId(id), REVISION, Arm.STABLE, AgentProcess.HOST, "web", spec, "busybox", Map.of(), true);
    }

    void startAgent() throws IOException {
        startAgentWith("-XX:+UseSerialGC");
    }

    /** @param option of its Java machine */
    void startAgentWith(String option) throws IOException {
        agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        option,
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath(),
                        AgentProcess.class.getName(),
                        directory.toString(),
                        "http://127.0.0.1:" + controller.address().getPort(),
                        "http://127.0.0.1:" + edge.adminPort(),
                        owner)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("agent.log").toFile()))
                .start();
    }

    /** kill -9. */
    void killAgent() throws InterruptedException {
        Process running = agent;
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
        synchronized (this) {
            last = null;
        }
    }

    /** Tells the host to run these, and to route to those of them that are ready. */
    long assign(Allocation... allocations) {
        return assign(1, allocations);
    }

    synchronized long assign(long epoch, Allocation... allocations) {
        generation++;
        controller.publish(assignments(epoch, generation, allocations));
        return generation;
    }

    synchronized Assignments assignments(long epoch, long number, Allocation... allocations) {
        List<RouteTable.Backend> backends = new ArrayList<>();
        for (Allocation allocation : allocations) {
            status(allocation.id().value())
                    .filter(s -> s.state() == AllocationStatus.State.READY)
                    .flatMap(AllocationStatus::address)
                    .ifPresent(address -> backends.add(new RouteTable.Backend(allocation.id(), address, 8080)));
        }
        List<RouteTable.Split> splits = backends.isEmpty()
                ? List.of()
                : List.of(new RouteTable.Split(Arm.STABLE, REVISION, Weight.ALL, backends));
        List<RouteTable.ServiceRoute> routes = splits.isEmpty()
                ? List.of()
                : List.of(new RouteTable.ServiceRoute(REVISION.service(), "127.0.0.1", "/", splits));
        return new Assignments(
                new HostAssignment(
                        AgentProcess.HOST, new Epoch(epoch), new Generation(number), List.of(), List.of(allocations)),
                new RouteTable(new Generation(number), routes));
    }

    synchronized Optional<AllocationStatus> status(String id) {
        return last == null
                ? Optional.empty()
                : last.allocations().stream()
                        .filter(s -> s.id().value().equals(id))
                        .findFirst();
    }

    synchronized List<MetricWindow> windows() {
        return List.copyOf(windows.values());
    }

    /** Waits for a report of which the condition holds. */
    synchronized HostReport await(Predicate<HostReport> condition) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (last == null || !condition.test(last)) {
            long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
            assertThat(leftMs)
                    .as(
                            "last of %s reports: %s; agent: %s",
                            reports, last, Files.readString(directory.resolve("agent.log")))
                    .isPositive();
            wait(leftMs);
        }
        return last;
    }

    AllocationStatus await(String id, AllocationStatus.State state) throws IOException, InterruptedException {
        await(report -> status(id).filter(s -> s.state() == state).isPresent());
        return status(id).orElseThrow();
    }

    void awaitApplied(long number) throws IOException, InterruptedException {
        await(report -> report.applied().value() >= number);
    }

    /** How often containers of this host were started, by what the runtime wrote down: a killed agent has not written its last starts. */
    long starts() throws IOException {
        return events().lines().filter(line -> line.contains("\"STARTED\"")).count();
    }

    /** Waits until the runtime has written down an event with these words. */
    void awaitEvent(String words) throws IOException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!events().contains(words)) {
            assertThat(System.nanoTime()).as("'%s' in %s", words, events()).isLessThan(deadlineNanos);
        }
    }

    private String events() throws IOException {
        Path file = directory.resolve("containers/events.jsonl");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** A path in the root of the container of a replica that runs. */
    Path inside(String id, String path) {
        int pid = status(id).orElseThrow().pid().orElseThrow();
        return Path.of("/proc/" + pid + "/root" + path);
    }

    /** Through the edge. */
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path), HttpResponse.BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> begin(String path) {
        return http.sendAsync(request(path), HttpResponse.BodyHandlers.ofString());
    }

    /** Waits until the edge has so many requests at each of them. */
    void awaitInFlight(int requests, String... allocations) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        try (ProxyEdge admin = new ProxyEdge(URI.create("http://127.0.0.1:" + edge.adminPort()), "edge-secret")) {
            for (String allocation : allocations) {
                while (admin.inFlight(new AllocationId(allocation)) != requests) {
                    assertThat(System.nanoTime()).isLessThan(deadlineNanos);
                }
            }
        }
    }

    /** The edge dies and comes back without what it knew. */
    void restartEdgeWithoutRoutes() throws IOException {
        int port = edge.port();
        int admin = edge.adminPort();
        edge.close();
        Directories.delete(directory.resolve("edge"));
        edge = ProxyServer.start(edgeOptions(port, admin));
    }

    /** Containers of this host, by the directories that the runtime keeps. */
    List<String> containers() throws IOException {
        try (var all = Files.list(directory.resolve("containers"))) {
            return all.filter(Files::isDirectory)
                    .map(p -> p.getFileName().toString())
                    .filter(name -> !name.startsWith(".removed-"))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() throws Exception {
        killAgent();
        edge.close();
        controller.close();
        http.close();
        LocalHost host = LocalHost.open(directory, owner, reference -> {
            throw new IOException("nothing is started any more");
        });
        host.containers().adopt();
        host.removeContainers();
        host.removeNetwork();
        host.close();
        Directories.delete(directory);
        assertThat(before.since(owner.substring(0, 8))).isEmpty();
        assertThat(before.since(directory.toString())).isEmpty();
    }

    /** A test launcher may have loaded the tests by a class path of its own. */
    static String classPath() {
        return TestHost.class.getClassLoader() instanceof URLClassLoader loader
                ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path))
                .timeout(PATIENCE)
                .build();
    }

    private ProxyOptions edgeOptions(int port, int admin) {
        return new ProxyOptions(
                "127.0.0.1",
                port,
                admin,
                directory.resolve("edge-token"),
                directory.resolve("edge"),
                Duration.ofSeconds(5));
    }

    private synchronized void take(HostReport report) {
        last = report;
        reports++;
        report.windows().forEach(window -> windows.put(window.start(), window));
        notifyAll();
    }
}
