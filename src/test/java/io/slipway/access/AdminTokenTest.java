package io.slipway.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.api.FakeTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
    private final FakeTokens tokens = new FakeTokens();
    private final Clock clock = Clock.systemUTC();

    @Test
    void the_first_start_makes_a_token_that_only_the_owner_can_read(@TempDir Path data) throws IOException {
        Path file = data.resolve("admin-token");
        String text = AdminToken.ensure(file, tokens, clock);
        assertThat(Files.readString(file).strip()).isEqualTo(text);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(tokens.find(TokenSecret.parse(text).orElseThrow().sha256())
                        .orElseThrow()
                        .admin())
                .isTrue();
        try (var files = Files.list(data)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void a_later_start_keeps_it(@TempDir Path data) throws IOException {
        Path file = data.resolve("admin-token");
        String first = AdminToken.ensure(file, tokens, clock);
        assertThat(AdminToken.ensure(file, tokens, clock)).isEqualTo(first);
        assertThat(tokens.list()).hasSize(1);
    }

    @Test
    void one_that_the_store_does_not_know_or_that_was_revoked_is_replaced(@TempDir Path data) throws IOException {
        Path file = data.resolve("admin-token");
        Files.writeString(file, "left over\n");
        String first = AdminToken.ensure(file, tokens, clock);
        tokens.revokeText(first);
        String second = AdminToken.ensure(file, tokens, clock);
        assertThat(second).isNotEqualTo(first);
        assertThat(Files.readString(file).strip()).isEqualTo(second);
    }
}
