package io.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.control.IdempotencyKeys.Answer;
import io.slipway.control.IdempotencyKeys.Claim;
import io.slipway.control.Tokens.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoredTokensTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private final TestDatabase database = TestDatabase.fresh();
    private final StoredTokens tokens = new StoredTokens(database.jdbc());
    private final StoredIdempotencyKeys keys = new StoredIdempotencyKeys(database.jdbc());

    @Test
    void a_token_is_found_by_its_digest_until_it_is_revoked() {
        Token ci = new Token(
                "t1",
                "ci",
                false,
                List.of("release"),
                NOON,
                Optional.of(NOON.plusSeconds(60)),
                Optional.empty(),
                Optional.empty());
        tokens.create(ci, "ab12");
        assertThat(tokens.find("ab12")).contains(ci);
        assertThat(ci.usable(NOON)).isTrue();
        assertThat(ci.usable(NOON.plusSeconds(60))).isFalse();
        assertThat(tokens.revoke("t1")).isTrue();
        assertThat(tokens.revoke("t1")).isFalse();
        assertThat(tokens.find("ab12").orElseThrow().usable(NOON)).isFalse();
    }

    @Test
    void using_a_token_is_recorded_at_most_once_a_minute() {
        database.stopClockAt(NOON);
        tokens.create(
                new Token("t2", "bob", true, List.of(), NOON, Optional.empty(), Optional.empty(), Optional.empty()),
                "cd");
        tokens.touch("t2");
        database.moveClock(Duration.ofSeconds(30));
        tokens.touch("t2");
        assertThat(tokens.list().getFirst().lastUsedAt()).contains(NOON);
        database.moveClock(Duration.ofSeconds(31));
        tokens.touch("t2");
        assertThat(tokens.list().getFirst().lastUsedAt()).contains(NOON.plusSeconds(61));
    }

    @Test
    void a_repeated_request_gets_the_saved_answer_and_another_body_is_refused() {
        assertThat(keys.begin("ci", "k", "aa")).isInstanceOf(Claim.Fresh.class);
        assertThat(keys.begin("ci", "k", "aa")).isInstanceOf(Claim.InFlight.class);
        assertThat(keys.begin("ci", "k", "bb")).isInstanceOf(Claim.Conflicting.class);
        assertThat(keys.begin("bob", "k", "bb")).isInstanceOf(Claim.Fresh.class);
        keys.finish("ci", "k", new Answer(201, Map.of("Location", "/x"), new byte[] {1, 2}));
        assertThat(keys.begin("ci", "k", "aa")).isInstanceOfSatisfying(Claim.Replay.class, replay -> {
            assertThat(replay.answer().status()).isEqualTo(201);
            assertThat(replay.answer().headers()).containsEntry("Location", "/x");
            assertThat(replay.answer().body()).containsExactly(1, 2);
        });
        keys.abandon("bob", "k");
        assertThat(keys.begin("bob", "k", "cc")).isInstanceOf(Claim.Fresh.class);
    }
}
