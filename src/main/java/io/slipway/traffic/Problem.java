package io.slipway.traffic;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** An error answer that the edge makes itself (RFC 9457). */
record Problem(int status, String code, String title, String detail) {
    private static final JsonMapper JSON = JsonMapper.shared();

    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", "urn:slipway:problem:" + code);
        fields.put("title", title);
        fields.put("status", status);
        fields.put("detail", detail);
        return JSON.writeValueAsString(fields);
    }

    void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        response.setStatusCode(status).putHeader("Content-Type", "application/problem+json");
        if (status == 503) {
            response.putHeader("Retry-After", "1");
        }
        String body = json();
        if (request.method() == HttpMethod.HEAD) {
            response.putHeader("Content-Length", Integer.toString(body.length()))
                    .end();
        } else {
            response.end(body);
        }
    }
}
