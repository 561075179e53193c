package io.slipway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenSecretTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void a_token_reads_back_and_no_two_are_alike() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String text = TokenSecret.generate(random).reveal();
            assertThat(text).matches("slp_[0-9a-z]{38}");
            assertThat(TokenSecret.parse(text).orElseThrow().reveal()).isEqualTo(text);
            assertThat(seen.add(text)).isTrue();
        }
    }

    @Test
    void every_mistyped_character_is_found() {
        String text = TokenSecret.generate(random).reveal();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'x' ? 'y' : 'x';
            assertThat(TokenSecret.parse(text.substring(0, i) + other + text.substring(i + 1)))
                    .as("position " + i)
                    .isEmpty();
        }
        assertThat(TokenSecret.parse("")).isEmpty();
        assertThat(TokenSecret.parse(text + "0")).isEmpty();
    }

    @Test
    void its_text_is_not_said_by_accident() {
        TokenSecret secret = TokenSecret.generate(random);
        assertThat("token " + secret).doesNotContain(secret.reveal().substring(4));
        assertThat(secret.sha256()).matches("[0-9a-f]{64}").doesNotContain(secret.reveal());
    }
}
