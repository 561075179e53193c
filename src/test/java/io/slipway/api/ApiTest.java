package io.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiTest {
    @Test
    void a_release_is_stored() throws Exception {
        try (FrontServer server = new FrontServer(0)) {
            String token = server.tokens.issue("ci", "release");
            var made = server.post("/api/v1/releases", token, "application/yaml", "service: checkout\nimage: a\n");
            System.out.println(made.body());
            System.out.println(server.get("/v3/api-docs", token).body().length());
            System.out.println(server.get("/actuator/health", "x").body());
            System.out.println(server.get("/api/v1/nothing", token).body());
            System.out.println(server.get("/api/v1/rollouts?limit=-1", token).body());
            System.out.println(server.get("/api/v1/rollouts?limt=1", token).body());
            assertThat(made.statusCode()).isEqualTo(201);
        }
    }
}
