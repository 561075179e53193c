package io.slipway.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Answers what Tomcat refuses before any of our code sees it (a NUL in the path, say) with a problem document too. */
final class UnreadableRequest extends ErrorReportValve {
    private final JsonMapper json;

    UnreadableRequest(JsonMapper json) {
        this.json = json;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        Problem problem = Problem.of(
                response.getStatus(),
                "unreadable-request",
                "The request cannot be read",
                "The server refused the request before it reached anything of Slipway"
                        + (response.getMessage() == null ? "" : " (" + response.getMessage() + ")")
                        + ". Nothing was done. Check the address for bytes that may not stand in one, such as %00.");
        try {
            response.setContentType(ProblemResolver.MEDIA_TYPE);
            response.getOutputStream().write(json.writeValueAsString(problem).getBytes(StandardCharsets.UTF_8));
            response.finishResponse();
        } catch (IOException | IllegalStateException clientGone) {
            return;
        }
    }
}
