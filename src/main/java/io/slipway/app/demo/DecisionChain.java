package io.slipway.app.demo;

import io.slipway.base.Reason;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.cli.ApiClient;
import io.slipway.runbook.Decision;
import io.slipway.runbook.HashChain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The chain of decisions as an auditor gets it by the API, and whether it verifies here, away from the database. */
public record DecisionChain(int decisions, boolean verified) {
    private static final int PAGE = 1000;

    public static DecisionChain read(ApiClient api) {
        List<Decision> all = new ArrayList<>();
        JsonNode page;
        do {
            page = api.get("/api/v1/audit?from=" + (all.size() + 1) + "&limit=" + PAGE)
                    .path("items");
            page.forEach(one -> all.add(decision(one)));
        } while (page.size() == PAGE);
        return new DecisionChain(
                all.size(), !all.isEmpty() && HashChain.verify(all).isEmpty());
    }

    private static Decision decision(JsonNode one) {
        return new Decision(
                one.path("sequence").asLong(),
                Optional.ofNullable(one.path("rollout").asString(null)).map(RolloutId::new),
                new ServiceName(one.path("service").asString("")),
                one.path("version").asLong(),
                one.path("kind").asString(""),
                one.path("by").asString(""),
                one.path("fromState").asString(""),
                one.path("toState").asString(""),
                new Reason(
                        one.path("reason").path("code").asString(""),
                        one.path("reason").path("text").asString("")),
                one.path("evidence").toString(),
                Instant.parse(one.path("at").asString("")),
                one.path("previousHash").asString(""),
                one.path("hash").asString(""));
    }
}
