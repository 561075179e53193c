package io.slipway.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.release.Parsed;
import io.slipway.release.PolicyDefaults;
import io.slipway.release.SpecParser;
import io.slipway.rollout.Course;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunbookEntryTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final String HOSTILE = "<script>alert(1)</script> | [x](javascript:y) `rm`\r\n# *bold*\u202e";

    @Test
    void an_entry_is_written_as_committed() throws Exception {
        compare(
                Path.of("src/test/resources/golden/runbook-entry.md"),
                entry("p95 212 ms against 180; back to r41").markdown());
        compare(
                Path.of("src/test/resources/golden/runbook-entry.json"),
                entry("p95 212 ms against 180; back to r41").json() + "\n");
    }

    @Test
    void hostile_text_stays_text() {
        String markdown = entry(HOSTILE).markdown();
        assertThat(markdown)
                .doesNotContain("<script>", "\r", "\u202e", "[x]")
                .contains("&lt;script&gt;", "\\`rm\\`", "\\|");
        assertThat(entry(HOSTILE).json())
                .doesNotContain("<", "\r", "\n", "\u202e")
                .contains("\\u003cscript", "\\r\\n#");
    }

    private static void compare(Path golden, String text) throws Exception {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }

    private static RunbookEntry entry(String reason) {
        Parsed parsed = SpecParser.parse(
                "service: checkout\n"
                        + "image: shop/checkout:42\n"
                        + "port: 80\n"
                        + "route: x\n"
                        + "release: {stopConditions: [{metric: p95_latency, regressesBy: 10%}, {metric: error_rate, above:"
                        + " 5%, for: 2m}]}",
                PolicyDefaults.builtIn().withOwner("alice"));
        ServiceName checkout = new ServiceName("checkout");
        Course course = new Course(
                new RevisionId(checkout, 42),
                Optional.of(new RevisionId(checkout, 41)),
                Weight.ZERO,
                Map.of("begun", NOW, "reverted", NOW.plusSeconds(90)));
        Reason why = new Reason("p95-latency-regressed", reason);
        return new RunbookEntry(
                new RolloutId("ro-1"),
                ((Parsed.Accepted) parsed).spec(),
                new RolloutState.Ended(course, Ending.REVERTED, why, NOW),
                List.of(
                        HashChain.append(Optional.empty(), HashChainTest.draft("begun")),
                        HashChain.link(HashChainTest.draft(reason), 2, HashChain.GENESIS)));
    }
}
