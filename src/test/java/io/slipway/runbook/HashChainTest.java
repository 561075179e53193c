package io.slipway.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Reason;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HashChainTest {
    @Test
    void a_chain_verifies_and_its_first_broken_link_is_named() {
        List<Decision> chain = chain(5);
        assertThat(HashChain.verify(chain)).isEmpty();
        assertThat(HashChain.verify(chain.subList(2, 5), 2, chain.get(1).hash()))
                .isEmpty();

        List<Decision> edited = new ArrayList<>(chain);
        Decision third = chain.get(2);
        edited.set(2, HashChain.link(draft("other"), 3, third.previousHash()));
        assertThat(HashChain.verify(edited)).map(HashChain.Broken::sequence).contains(4L);

        List<Decision> changed = new ArrayList<>(chain);
        Decision other = HashChain.link(draft("other"), 3, third.previousHash());
        changed.set(
                2,
                new Decision(
                        3,
                        other.rollout(),
                        other.service(),
                        other.version(),
                        other.kind(),
                        other.by(),
                        other.fromState(),
                        other.toState(),
                        other.reason(),
                        other.evidence(),
                        other.at(),
                        third.previousHash(),
                        third.hash()));
        assertThat(HashChain.verify(changed)).contains(new HashChain.Broken(3, "was changed after it was decided"));

        List<Decision> cut = new ArrayList<>(chain);
        cut.remove(1);
        assertThat(HashChain.verify(cut)).map(HashChain.Broken::sequence).contains(2L);
    }

    @Test
    void the_first_hash_is_what_it_always_was() {
        assertThat(HashChain.append(Optional.empty(), draft("a \"quoted\" <reason>\r\n"))
                        .at())
                .isEqualTo(Instant.parse("2026-11-24T10:00:00.123456Z"));
        assertThat(HashChain.canonical(HashChain.append(Optional.empty(), draft("\u00e9 \"q\" <b>\r\n"))))
                .isEqualTo(
                        "{\"sequence\":1,\"rollout\":\"ro-1\",\"service\":\"checkout\",\"version\":1,\"kind\":\"rollout.rolling\","
                                + "\"by\":\"slipway\",\"fromState\":\"checking\",\"toState\":\"rolling\",\"reasonCode\":\"code\",\"reason\":\"\\u00e9"
                                + " \\\"q\\\" \\u003cb\\u003e\\r"
                                + "\\n"
                                + "\",\"evidence\":\"{}\",\"at\":\"2026-11-24T10:00:00.123456Z\"}");
    }

    static List<Decision> chain(int length) {
        List<Decision> chain = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            Optional<Decision> last = chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast());
            chain.add(HashChain.append(last, draft("reason " + i)));
        }
        return chain;
    }

    static Decision draft(String reason) {
        return new Decision(
                0,
                Optional.of(new RolloutId("ro-1")),
                new ServiceName("checkout"),
                1,
                "rollout.rolling",
                "slipway",
                "checking",
                "rolling",
                new Reason("code", reason),
                "{}",
                Instant.parse("2026-11-24T10:00:00.123456789Z"),
                "",
                "");
    }
}
