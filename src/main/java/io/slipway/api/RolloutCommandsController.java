package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.base.Reason;
import io.slipway.control.Refused;
import io.slipway.control.Releases;
import io.slipway.control.Views.RolloutView;
import io.slipway.release.Units;
import io.slipway.rollout.RolloutEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What people decide about a rollout. Each is stored as an event before it is answered; what comes of it is a later decision. */
@RestController
@RequestMapping("/api/v1/rollouts/{id}")
final class RolloutCommandsController {
    private static final String REASON = "reason";
    private static final String WHY = "Say why in a sentence; it is recorded with the decision.";
    private static final String JSON = "application/json";

    private final Releases releases;
    private final RolloutLookup lookup;

    RolloutCommandsController(Releases releases, RolloutLookup lookup) {
        this.releases = releases;
        this.lookup = lookup;
    }

    @PostMapping(path = "/approve", consumes = JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    RolloutJson approve(
            @PathVariable String id, @RequestBody byte[] body, @RequestHeader("If-Match") Optional<String> ifMatch)
            throws Refused {
        return command(id, ifMatch, by -> new RolloutEvent.Approve(by, why(body, "approved")));
    }

    @PostMapping(path = "/pause", consumes = JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    RolloutJson pause(
            @PathVariable String id, @RequestBody byte[] body, @RequestHeader("If-Match") Optional<String> ifMatch)
            throws Refused {
        return command(id, ifMatch, by -> new RolloutEvent.Pause(by, why(body, "paused")));
    }

    @PostMapping(path = "/resume", consumes = JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    RolloutJson resume(
            @PathVariable String id, @RequestBody byte[] body, @RequestHeader("If-Match") Optional<String> ifMatch)
            throws Refused {
        return command(id, ifMatch, by -> new RolloutEvent.Resume(by, why(body, "resumed")));
    }

    @PostMapping(path = "/promote", consumes = JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    RolloutJson promote(
            @PathVariable String id, @RequestBody byte[] body, @RequestHeader("If-Match") Optional<String> ifMatch)
            throws Refused {
        return command(id, ifMatch, by -> new RolloutEvent.Promote(by, why(body, "promoted-by-hand")));
    }

    @PostMapping(path = "/abort", consumes = JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    RolloutJson abort(
            @PathVariable String id, @RequestBody byte[] body, @RequestHeader("If-Match") Optional<String> ifMatch)
            throws Refused {
        return command(id, ifMatch, by -> new RolloutEvent.Abort(by, why(body, "aborted-by-hand")));
    }

    @PostMapping(path = "/accept", consumes = JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    RolloutJson accept(
            @PathVariable String id, @RequestBody byte[] body, @RequestHeader("If-Match") Optional<String> ifMatch)
            throws Refused {
        return command(id, ifMatch, by -> new RolloutEvent.Accept(by, why(body, "accepted")));
    }

    /** Hauling back is never blocked: a body is not needed, nor that the caller owns the release. */
    @PostMapping("/revert")
    @ResponseStatus(HttpStatus.ACCEPTED)
    RolloutJson revert(@PathVariable String id, @RequestBody(required = false) byte @Nullable [] body) throws Refused {
        RolloutView view = lookup.visible(id);
        Caller caller = Caller.current().allowedToRevert(view.revision().service());
        JsonBody given = JsonBody.ofOptional(body == null ? new byte[0] : body, List.of(REASON));
        String text = given.text(REASON).orElse("no reason given");
        given.finish();
        releases.command(
                view.id(),
                new RolloutEvent.Revert(caller.name(), new Reason("reverted-by-hand", text)),
                caller.actor());
        return RolloutJson.of(lookup.visible(id));
    }

    /** Watch longer, by {@code for}. */
    @PostMapping(path = "/extend", consumes = JSON)
    @ResponseStatus(HttpStatus.ACCEPTED)
    RolloutJson extend(
            @PathVariable String id, @RequestBody byte[] body, @RequestHeader("If-Match") Optional<String> ifMatch)
            throws Refused {
        JsonBody given = JsonBody.of(body, List.of(REASON, "for"));
        String text = given.requiredText(REASON, WHY);
        Duration more = Units.duration(given.requiredText("for", "Say by how long: 2h."))
                .orElse(Duration.ZERO);
        if (given.text("for").isPresent() && more.isZero()) {
            given.violation("for", "is not a duration above 0", "Write a whole number and a unit: 30m, 2h, 1d.");
        }
        given.finish();
        return command(id, ifMatch, by -> new RolloutEvent.Extend(by, more, new Reason("extended", text)));
    }

    private static Reason why(byte[] body, String code) {
        JsonBody given = JsonBody.of(body, List.of(REASON));
        String text = given.requiredText(REASON, WHY);
        given.finish();
        return new Reason(code, text);
    }

    private RolloutJson command(
            String id, Optional<String> ifMatch, java.util.function.Function<String, RolloutEvent> event)
            throws Refused {
        RolloutView view = lookup.visible(id);
        Caller caller = Caller.current().allowed(Scope.OPERATE, view.revision().service());
        String etag = Parameters.etag(view.version());
        if (ifMatch.isPresent() && !ifMatch.get().equals("*") && !ifMatch.get().equals(etag)) {
            throw new BadRequest(Problem.of(
                    412,
                    "changed-meanwhile",
                    "The rollout has changed meanwhile",
                    "If-Match says " + ifMatch.get() + ", but rollout " + id + " is at " + etag + " ("
                            + view.state().label() + "). Nothing was changed. Read it again and decide anew."));
        }
        releases.command(view.id(), event.apply(caller.name()), caller.actor());
        return RolloutJson.of(lookup.visible(id));
    }
}
