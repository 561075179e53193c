package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdRangesTest {
    private static final SubordinateIds FEW = new SubordinateIds(1_000_000, 3, "a test");

    @TempDir
    Path state;

    @BeforeEach
    void containers() throws Exception {
        for (String id : Set.of("a", "b", "c", "d")) {
            Files.createDirectory(state.resolve(id));
        }
    }

    private IdRanges ranges(boolean shared, String hash) {
        return new IdRanges(state, hash, shared, FEW);
    }

    @Test
    void no_two_containers_have_a_range_until_it_is_released() throws Exception {
        IdRanges ranges = ranges(false, "0000001");
        Set<IdRange> taken = new HashSet<>(Set.of(ranges.claim("a"), ranges.claim("b"), ranges.claim("c")));
        assertThat(taken).hasSize(3).allMatch(range -> range.first() >= 1_000_000 && range.count() == 65_536);
        assertThatThrownBy(() -> ranges.claim("d"))
                .hasMessage("all 3 ranges of ids from a test are taken by containers; remove those that have ended, "
                        + "or enlarge it");
        IdRange first = taken.iterator().next();
        ranges.use(first, "d");
        for (String id : Set.of("a", "b", "c")) {
            ranges.release(first, id);
        }
        assertThatThrownBy(() -> ranges.claim("d")).as("d joined it").hasMessageContaining("are taken");
        ranges.release(first, "d");
        assertThat(ranges.claim("d")).isEqualTo(first);
    }

    @Test
    void processes_that_share_a_directory_claim_different_ranges_and_release_only_their_own() throws Exception {
        IdRanges one = ranges(true, "0000001");
        IdRanges other = ranges(true, "0000001");
        IdRange ofA = one.claim("a");
        IdRange ofB = other.claim("b");
        assertThat(ofB).isNotEqualTo(ofA);
        // Another process removes a's container, and c gets its range; then the first comes to remove it too.
        Files.delete(state.resolve("a"));
        other.use(ofA, "a");
        other.release(ofA, "a");
        assertThat(other.claim("c")).isEqualTo(ofA);
        one.release(ofA, "a");
        assertThat(ranges(true, "0000001").claim("d")).isNotIn(ofA, ofB);
    }

    @Test
    void a_claim_whose_claimant_was_killed_is_swept_but_not_a_fresh_one() throws Exception {
        IdRanges ranges = ranges(true, "0000000");
        ranges.claim("a");
        ranges.claim("b");
        Files.delete(state.resolve("b"));
        IdRanges later = ranges(true, "0000000");
        later.sweep(Instant.now());
        try (var claims = Files.list(state.resolve(".ids"))) {
            assertThat(claims).as("fresh").hasSize(2);
        }
        later.sweep(Instant.now().plusSeconds(120));
        try (var claims = Files.list(state.resolve(".ids"))) {
            assertThat(claims).hasSize(1);
        }
    }

    @Test
    void subordinate_ids_are_those_of_slipway_or_what_nobody_else_uses() throws Exception {
        Path uids = Files.writeString(state.resolve("subuid"), "root:1:2\nslipway:200000:200000\n");
        Path gids = Files.writeString(state.resolve("subgid"), "slipway:200000:140000\n");
        SubordinateIds given = SubordinateIds.of(uids, gids);
        assertThat(given.slots()).isEqualTo(2);
        assertThat(given.range(1)).isEqualTo(new IdRange(265_536, 65_536));
        assertThat(given.has(new IdRange(265_536, 65_536))).isTrue();
        assertThat(given.has(IdRange.DEFAULT)).isFalse();
        Files.writeString(gids, "slipway:300000:140000\n");
        assertThatThrownBy(() -> SubordinateIds.of(uids, gids)).hasMessageContaining("must begin at the same id");
        Files.writeString(gids, "slipway:200000:1000\n");
        assertThatThrownBy(() -> SubordinateIds.of(uids, gids)).hasMessageContaining("at least 65536 ids");
        SubordinateIds none = SubordinateIds.of(state.resolve("none"), state.resolve("none"));
        assertThat(none.slots()).isGreaterThan(1000);
        assertThat(none.range(none.slots() - 1).first()).isBetween(2_080_374_784, 2_147_287_040);
    }
}
