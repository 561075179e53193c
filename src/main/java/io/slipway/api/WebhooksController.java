package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.control.Refused;
import io.slipway.control.Webhooks;
import io.slipway.control.Webhooks.Delivery;
import io.slipway.control.Webhooks.Webhook;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where signed messages go (Standard Webhooks), and what became of each. For admins: a webhook sees what all services do. */
@RestController
@RequestMapping("/api/v1/webhooks")
final class WebhooksController {
    private static final int DELIVERIES_MAX = 200;
    private static final int SECRET_BYTES = 32;
    private final Webhooks webhooks;
    private final SecureRandom random = new SecureRandom();

    WebhooksController(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    @GetMapping
    Page<Webhook> list() {
        Caller.current().allowedEverywhere(Scope.ADMIN);
        return Page.all(webhooks.list());
    }

    /** Body: {@code url}, and {@code kinds} of messages (left out: all). The signing secret is in this answer and in no other. */
    @PostMapping(consumes = "application/json")
    ResponseEntity<CreatedJson> create(@RequestBody(required = false) byte[] body) throws Refused {
        Caller caller = Caller.current().allowedEverywhere(Scope.ADMIN);
        JsonBody given = JsonBody.of(body == null ? new byte[0] : body, List.of("url", "kinds"));
        String url = given.requiredText("url", "Say where the messages go: https://hooks.example.com/slipway");
        List<String> kinds = given.texts("kinds");
        given.finish();
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String base64 = Base64.getEncoder().encodeToString(secret);
        Webhook made = webhooks.create(url, base64, kinds, caller.actor());
        return ResponseEntity.created(URI.create("/api/v1/webhooks/" + made.id()))
                .body(new CreatedJson(made.id(), made.url(), made.kinds(), "whsec_" + base64));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String id) {
        Caller.current().allowedEverywhere(Scope.ADMIN);
        if (!webhooks.delete(id)) {
            throw BadRequest.missing("webhook", id);
        }
    }

    /** Newest first. One with {@code deadAt} was given up; it can be sent again. */
    @GetMapping("/{id}/deliveries")
    Page<Delivery> deliveries(@PathVariable String id, @RequestParam(defaultValue = "50") int limit) {
        Caller.current().allowedEverywhere(Scope.ADMIN);
        Parameters.between("limit", limit, 1, DELIVERIES_MAX);
        if (webhooks.list().stream().noneMatch(w -> w.id().equals(id))) {
            throw BadRequest.missing("webhook", id);
        }
        return Page.all(webhooks.deliveries(id, limit));
    }

    @PostMapping("/{id}/deliveries/{delivery}/redeliver")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void redeliver(@PathVariable String id, @PathVariable String delivery) {
        Caller.current().allowedEverywhere(Scope.ADMIN);
        if (!webhooks.redeliver(id, delivery)) {
            throw BadRequest.missing("delivery", delivery);
        }
    }

    /** A new webhook with its secret. */
    public record CreatedJson(String id, String url, List<String> kinds, String secret) {}
}
