package io.slipway.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.slipway.control.Actor;
import io.slipway.control.Webhooks.Delivery;
import io.slipway.control.Webhooks.Webhook;
import io.slipway.store.Samples;
import io.slipway.store.StoredWebhooks;
import io.slipway.store.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryLoopTest {
    private static final String SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String BODY = "{\"type\":\"rollout.reverted\"}";
    private final TestDatabase database = TestDatabase.fresh();
    private final StoredWebhooks stored = new StoredWebhooks(database.jdbc());
    private final DeliveryLoop loop = new DeliveryLoop(
            stored, new WebhookAddress(true), Clock.fixed(Samples.NOON, ZoneOffset.UTC), new SplittableRandom(5));
    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<Request> requests = new ArrayList<>();
    private HttpServer receiver;
    private Webhook webhook;

    private record Answer(int status, String header, String value) {}

    private record Request(String id, String timestamp, String signature, String body) {}

    @BeforeEach
    void receive() throws IOException {
        database.stopClockAt(Samples.NOON);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::answer);
        receiver.start();
        webhook = stored.create(
                "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook?a=b",
                SECRET,
                List.of(),
                new Actor("alice", false));
        stored.enqueue("rollout.reverted", BODY, Samples.NOON);
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(new Request(
                exchange.getRequestHeaders().getFirst("webhook-id"),
                exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                exchange.getRequestHeaders().getFirst("webhook-signature"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        Answer answer = answers.remove();
        exchange.getResponseHeaders().add(answer.header(), answer.value());
        exchange.sendResponseHeaders(answer.status(), -1);
        exchange.close();
    }

    private Delivery delivery() {
        return stored.deliveries(webhook.id(), 10).getFirst();
    }

    @Test
    void a_message_is_signed_over_id_time_and_body_and_is_the_same_in_each_attempt() {
        answers.add(new Answer(503, "X", "y"));
        answers.add(new Answer(204, "X", "y"));
        assertThat(loop.sendNext()).isTrue();
        assertThat(loop.sendNext()).isFalse();
        assertThat(delivery().lastStatus()).contains(503);
        database.moveClock(Duration.ofSeconds(6));
        assertThat(loop.sendNext()).isTrue();
        assertThat(delivery().deliveredAt()).contains(Samples.NOON.plusSeconds(6));
        assertThat(delivery().attempts()).isEqualTo(2);
        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).id())
                .isEqualTo(requests.get(1).id())
                .isEqualTo(delivery().id());
        Request first = requests.getFirst();
        assertThat(first.body()).isEqualTo(BODY);
        assertThat(first.signature()).isEqualTo(WebhookSignature.of(SECRET, first.id(), Samples.NOON, BODY));
    }

    /** The example of the Standard Webhooks specification's reference libraries. */
    @Test
    void the_signature_is_that_of_the_published_example() {
        assertThat(WebhookSignature.of(
                        "whsec_" + SECRET,
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        Instant.ofEpochSecond(1614265330),
                        "{\"test\": 2432232314}"))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void a_receiver_that_asks_for_patience_gets_it() {
        answers.add(new Answer(429, "Retry-After", "120"));
        loop.sendNext();
        assertThat(delivery().nextAt()).contains(Samples.NOON.plusSeconds(120));
    }

    @Test
    void a_redirect_is_not_followed_and_after_the_last_attempt_the_message_lies_dead_until_sent_again_by_hand() {
        for (int i = 0; i < DeliveryLoop.ATTEMPTS_MAX; i++) {
            answers.add(new Answer(302, "Location", "http://127.0.0.1:1/"));
            assertThat(loop.sendNext()).isTrue();
            database.moveClock(Duration.ofHours(7));
        }
        assertThat(loop.sendNext()).isFalse();
        assertThat(delivery().deadAt()).isPresent();
        assertThat(delivery().lastError())
                .hasValueSatisfying(e -> assertThat(e).contains("302").contains("12 attempts"));
        answers.add(new Answer(200, "X", "y"));
        assertThat(stored.redeliver(webhook.id(), delivery().id())).isTrue();
        assertThat(loop.sendNext()).isTrue();
        assertThat(delivery().deliveredAt()).isPresent();
        assertThat(delivery().deadAt()).isEmpty();
    }
}
