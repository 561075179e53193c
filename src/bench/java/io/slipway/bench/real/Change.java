package io.slipway.bench.real;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What the new revision does otherwise than the old one. Each has services of its own, its lanes, which are released at the same time. Installations
 * are separate since a third service in trouble within five minutes holds all reverts of one.
 */
enum Change {
    NONE("equal to the old", "", Shape.USUAL, Map.of(), 160, 0, 1),
    LOADED("equal to the old; slower the more it has to do; control at a tenth, then a quarter", "", Shape.BUSY, Map.of(), 160, 0),
    ERRORS("6% of requests fail, before none", "error rate", Shape.USUAL, Map.of("ERROR_SHARE", "0.06"), 100, 0),
    LATENCY("15% of requests take 40 ms longer", "p95", Shape.USUAL, Map.of("SLOW_SHARE", "0.15", "SLOW_MS", "40"), 100, 0),
    CPU("4 ms of cpu a request, before 1 ms", "cost per request", Shape.USUAL, Map.of("WORK_US", "4000"), 100, 1),
    LEAK("each request keeps 12 KiB for good", "cost per request", Shape.USUAL, Map.of("LEAK_KIB", "12"), 1500, 0, 0, 1, 1, 2);

    /** What is released at the same time. More at once, and two cores are so busy that the latency of equals tells nothing in 100 s. */
    static final List<List<Change>> TOGETHER = List.of(List.of(LEAK), List.of(NONE, LOADED, ERRORS, LATENCY, CPU));

    /**
     * How a service is run, old and new revision alike.
     *
     * @param cpu in cores
     * @param weight share of the traffic that the new revision has while the gate judges it; its control has as much
     * @param workUs cpu time of each request in microseconds
     */
    private record Shape(int replicas, double cpu, String weight, int workUs) {
        static final Shape USUAL = new Shape(1, 0.5, "50%", 1000);
        /** Where requests wait for each other: a fifth of a core, a third of which is used at 10 requests/s. */
        static final Shape BUSY = new Shape(3, 0.2, "10%", 6000);
    }

    private static final Duration TO_PROMOTE = Duration.ofMinutes(8);

    final String text;
    /** How the reason of the revert begins. */
    final String metric;
    /** For how long each release is watched. */
    final Duration watch;
    /** The installation of each lane. */
    final List<Integer> lanes;

    private final Shape shape;
    private final Map<String, String> env;

    Change(String text, String metric, Shape shape, Map<String, String> env, int watchSeconds, Integer... lanes) {
        this.text = text;
        this.metric = metric;
        this.shape = shape;
        this.env = env;
        this.watch = Duration.ofSeconds(watchSeconds);
        this.lanes = List.of(lanes);
    }

    /** Whether it is to be reverted. */
    boolean isWorse() {
        return !metric.isEmpty();
    }

    /** From its release to its end. */
    Duration atMost() {
        return watch.plus(TO_PROMOTE);
    }

    String service(int lane) {
        return "real-" + name().toLowerCase(Locale.ROOT) + (lane == 0 ? "" : "-" + lane);
    }

    String host(int lane) {
        return service(lane) + ".example.com";
    }

    /** What a lane begins with. */
    String before(int lane, String image) {
        return serviceFile(lane, image, 0, Map.of(), "5s");
    }

    /** A revision of its own for each round, since what is the same is not released. */
    String changed(int lane, String image, int round) {
        return serviceFile(lane, image, round, env, watch.toSeconds() + "s");
    }

    private String serviceFile(int lane, String image, int round, Map<String, String> changed, String watchFor) {
        Map<String, String> all = new TreeMap<>(Map.of("WAIT_MS", "5", "WORK_US", "" + shape.workUs, "ROUND", "" + round));
        all.putAll(changed);
        StringJoiner own = new StringJoiner(", ", "{", "}");
        all.forEach((name, value) -> own.add(name + ": '" + value + "'"));
        return """
            service: %s
            image: '%s'
            env: %s
            processes:
              web:
                replicas: %d
                ports: {http: 8080}
                resources: {cpu: %s, memory: 768MiB, pids: 128}
                health: {readiness: {http: /healthz, every: 1s, failures: 3}}
                stop: {signal: SIGTERM, grace: 5s}
            route: {host: %s, path: /, process: web, port: http, affinity: revision}
            release:
              owner: bench@example.com
              channel: https://chat.example.com/rooms/bench
              checks: [image, capacity, smoke]
              steps:
                - weight: %s
                - gate: {minRequests: 300, atMost: 300s}
                - weight: 100%%
              stopConditions:
                - {metric: error_rate, regressesBy: 1.5pp}
                - {metric: p95_latency, regressesBy: 50%%}
                - {metric: cost_per_request, regressesBy: 30%%}
              watch: {for: %s, shortWatch: true, control: auto}
            """.formatted(service(lane), image, own, shape.replicas, shape.cpu, host(lane), shape.weight, watchFor);
    }
}
