package io.slipway.bench.real;

import java.util.Map;

/** What the new revision does otherwise than the old one. Each has a service of its own. */
enum Change {
    NONE("equal to the old", 0, "", Map.of()),
    ERRORS("6% of requests fail, before none", 0, "error rate", Map.of("ERROR_SHARE", "0.06")),
    LATENCY("15% of requests take 40 ms longer", 0, "p95", Map.of("SLOW_SHARE", "0.15", "SLOW_MS", "40")),
    CPU("4 ms of cpu a request, before 1 ms", 1, "cost per request", Map.of("WORK_US", "4000")),
    LEAK("each request keeps 96 KiB for good", 1, "cost per request", Map.of("LEAK_KIB", "96"));

    final String text;
    /** Installations are separate since a third service in trouble within five minutes holds all reverts of one. */
    final int installation;
    /** How the reason of the revert begins. */
    final String metric;

    final Map<String, String> env;

    Change(String text, int installation, String metric, Map<String, String> env) {
        this.text = text;
        this.installation = installation;
        this.metric = metric;
        this.env = env;
    }

    String service() {
        return "real-" + label();
    }

    String host() {
        return service() + ".example.com";
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** A revision of its own for each round, since what is the same is not released. */
    String serviceFile(String image, boolean changed, int round, String watch) {
        StringBuilder own = new StringBuilder("WAIT_MS: '5', ROUND: '" + round + "', WORK_US: '")
                .append(changed ? env.getOrDefault("WORK_US", "1000") : "1000")
                .append('\'');
        if (changed) {
            env.forEach((name, value) -> own.append(name.equals("WORK_US") ? "" : ", " + name + ": '" + value + "'"));
        }
        return """
            service: %s
            image: '%s'
            env: {%s}
            processes:
              web:
                replicas: 1
                ports: {http: 8080}
                resources: {cpu: 0.5, memory: 768MiB, pids: 128}
                health: {readiness: {http: /healthz, every: 1s, failures: 3}}
                stop: {signal: SIGTERM, grace: 5s}
            route: {host: %s, path: /, process: web, port: http, affinity: revision}
            release:
              owner: bench@example.com
              channel: https://chat.example.com/rooms/bench
              checks: [image, capacity, smoke]
              steps:
                - weight: 50%%
                - gate: {minRequests: 300, atMost: 300s}
                - weight: 100%%
              stopConditions:
                - {metric: error_rate, regressesBy: 1.5pp}
                - {metric: p95_latency, regressesBy: 50%%}
                - {metric: cost_per_request, regressesBy: 30%%}
              watch: {for: %s, shortWatch: true, control: auto}
            """.formatted(service(), image, own, host(), watch);
    }
}
