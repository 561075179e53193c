package io.slipway.api;

import io.slipway.control.IdempotencyKeys;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Remembered answers in memory. */
public final class FakeIdempotencyKeys implements IdempotencyKeys {
    private final Map<String, Kept> kept = new HashMap<>();

    @Override
    public synchronized Claim begin(String actor, String key, String requestSha256) {
        Kept before = kept.putIfAbsent(actor + "/" + key, new Kept(requestSha256, Instant.now(), Optional.empty()));
        if (before == null) {
            return new Claim.Fresh();
        }
        if (!before.sha256().equals(requestSha256)) {
            return new Claim.Conflicting();
        }
        return before.answer().<Claim>map(Claim.Replay::new).orElse(new Claim.InFlight(before.since()));
    }

    @Override
    public synchronized void finish(String actor, String key, Answer answer) {
        kept.computeIfPresent(actor + "/" + key, (k, old) -> new Kept(old.sha256(), old.since(), Optional.of(answer)));
    }

    @Override
    public synchronized void abandon(String actor, String key) {
        kept.remove(actor + "/" + key);
    }

    private record Kept(String sha256, Instant since, Optional<Answer> answer) {}
}
