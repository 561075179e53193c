package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.control.Refused;
import io.slipway.control.Releases;
import io.slipway.control.Releases.Submitted;
import io.slipway.release.ReleaseSpec;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes releases. */
@RestController
@RequestMapping("/api/v1/releases")
final class ReleasesController {
    private final Releases releases;
    private final ServiceFileReader reader;

    ReleasesController(Releases releases, ServiceFileReader reader) {
        this.releases = releases;
        this.reader = reader;
    }

    /** The body is a service file. */
    @PostMapping(consumes = {"application/json", "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
    ResponseEntity<SubmittedJson> submit(
            @RequestBody(required = false) byte @Nullable [] body,
            @RequestHeader(name = "Content-Type", defaultValue = "") String contentType)
            throws Refused {
        Caller caller = Caller.current();
        String text = RequestText.of(body == null ? new byte[0] : body);
        if (contentType.startsWith("application/json")) {
            JsonBody.check(text);
        }
        ReleaseSpec spec = reader.read(text, caller.name());
        caller.allowed(Scope.RELEASE, spec.service());
        Submitted made = releases.submit(spec, caller.actor());
        return ResponseEntity.created(URI.create("/api/v1/rollouts/" + made.rollout()))
                .body(SubmittedJson.of(made));
    }

    /** What was stored. */
    public record SubmittedJson(ReleaseJson release, StartedJson rollout, int revision) {
        static SubmittedJson of(Submitted made) {
            return new SubmittedJson(
                    new ReleaseJson(made.release()),
                    new StartedJson(made.rollout().value(), made.state()),
                    made.revision().number());
        }
    }

    /** The release. */
    public record ReleaseJson(String id) {}

    /** The rollout that carries it out. */
    public record StartedJson(String id, String state) {}
}
