package io.slipway.app.demo;

/** The service file of the demo, as a team would write it; only the watch is short, and declared as such. */
final class DemoServiceFile {
    static final String SERVICE = "sample";
    static final String HOST = "sample.example.com";

    private DemoServiceFile() {}

    static String of(String image, String watch) {
        return """
            service: %s
            image: '%s'
            processes:
              web:
                replicas: 1
                ports: {http: 8080}
                resources: {cpu: 1, memory: 192MiB, pids: 128}
                health: {readiness: {http: /healthz, every: 1s, failures: 3}}
                stop: {signal: SIGTERM, grace: 5s}
            route: {host: %s, path: /, process: web, port: http, affinity: revision}
            release:
              owner: demo@example.com
              channel: https://chat.example.com/rooms/sample
              checks: [image, capacity, smoke]
              steps:
                - weight: 30%%
                - gate: {minRequests: 300, atMost: 90s}
                - weight: 100%%
              stopConditions:
                - {metric: error_rate, regressesBy: 1.5pp}
                - {metric: p95_latency, regressesBy: 50%%}
                - {metric: cost_per_request, regressesBy: 60%%}
              watch: {for: %s, shortWatch: true, control: auto}
            """.formatted(SERVICE, image, HOST, watch);
    }
}
