package io.slipway.outbound;

import io.slipway.control.DeliveryQueue;
import io.slipway.control.DeliveryQueue.Due;
import io.slipway.outbound.PinnedPost.Answer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the messages of the outbox, in any number of controllers at once. Each at least once, under one id; what fails is tried again with
 * growing, jittered waits for about a day, then lies there as dead, to be seen and sent again by hand.
 */
public final class DeliveryLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);
    static final int ATTEMPTS_MAX = 12;
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration HIDDEN = Duration.ofMinutes(2);
    private static final Duration WAIT_MAX = Duration.ofHours(6);
    private static final Duration RETRY_AFTER_MAX = Duration.ofHours(24);
    private static final Duration POLL = Duration.ofMillis(500);
    private final DeliveryQueue queue;
    private final WebhookAddress addresses;
    private final Clock clock;
    private final RandomGenerator jitter;
    private final PinnedPost post = new PinnedPost(TIMEOUT);
    private final Thread thread = Thread.ofVirtual().name("webhooks").unstarted(this::loop);

    public DeliveryLoop(DeliveryQueue queue, WebhookAddress addresses, Clock clock, RandomGenerator jitter) {
        this.queue = queue;
        this.addresses = addresses;
        this.clock = clock;
        this.jitter = jitter;
    }

    public void start() {
        thread.start();
    }

    private void loop() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (!sendNext()) {
                    Thread.sleep(POLL);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("the outbox of webhooks cannot be read or written; nothing is lost, it is tried again", e);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL.multipliedBy(4));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False when nothing was due. */
    boolean sendNext() {
        Optional<Due> due = queue.claim(HIDDEN);
        due.ifPresent(this::send);
        return due.isPresent();
    }

    private void send(Due due) {
        try {
            Instant now = clock.instant();
            Map<String, String> headers = Map.of(
                    "webhook-id", due.id(),
                    "webhook-timestamp", Long.toString(now.getEpochSecond()),
                    "webhook-signature", WebhookSignature.of(due.secretBase64(), due.id(), now, due.payload()));
            answered(due, post.send(addresses.resolve(due.url()), headers, due.payload()));
        } catch (WebhookAddress.NotAllowed e) {
            queue.dead(due, Optional.empty(), e.why());
        } catch (IOException e) {
            again(due, Optional.empty(), backoff(due.attempts()), "no answer: " + e);
        }
    }

    /** 2xx is delivered; 410 says that nobody wants it any more; all else, redirects too, is tried again. */
    private void answered(Due due, Answer answer) {
        int status = answer.status();
        if (status / 100 == 2) {
            queue.delivered(due, status);
        } else if (status == 410) {
            queue.dead(due, Optional.of(status), "the receiver says that it is gone");
        } else {
            again(
                    due,
                    Optional.of(status),
                    retryAfter(answer).orElseGet(() -> backoff(due.attempts())),
                    "answered " + status);
        }
    }

    private void again(Due due, Optional<Integer> status, Duration wait, String error) {
        if (due.attempts() >= ATTEMPTS_MAX) {
            LOG.warn("message {} to {} is given up after {} attempts: {}", due.id(), due.url(), due.attempts(), error);
            queue.dead(due, status, error + ", after " + due.attempts() + " attempts");
        } else {
            queue.retry(due, wait, status, error);
        }
    }

    /** 5 s, 15 s, 45 s and so on up to 6 h, each between half and all of that. */
    private Duration backoff(int attempts) {
        double seconds = Math.min(WAIT_MAX.toSeconds(), 5 * Math.pow(3, attempts - 1));
        return Duration.ofMillis((long) (1000 * seconds * (0.5 + jitter.nextDouble() / 2)));
    }

    /** The seconds form of RFC 9110, section 10.2.3; a date is not taken. */
    private static Optional<Duration> retryAfter(Answer answer) {
        return Optional.ofNullable(answer.headers().get("retry-after"))
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .map(wait -> wait.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : wait);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
