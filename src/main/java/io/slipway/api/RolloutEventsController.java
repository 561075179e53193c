package io.slipway.api;

import io.slipway.base.RolloutId;
import io.slipway.control.Views;
import io.slipway.control.Views.RolloutView;
import io.slipway.runbook.Decision;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * A rollout as a stream of server-sent events: {@code decision} (its id is the rollout's version, so a client that comes back with
 * {@code Last-Event-ID} misses none), {@code rollout} after each, a comment while nothing happens, and {@code end}.
 */
@RestController
@RequestMapping("/api/v1/rollouts/{id}/events")
final class RolloutEventsController implements ApplicationListener<ContextClosedEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutEventsController.class);
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final long NO_TIMEOUT = 0;

    private final Views views;
    private final RolloutLookup lookup;
    private final Map<SseEmitter, Thread> threads = new ConcurrentHashMap<>();

    RolloutEventsController(Views views, RolloutLookup lookup) {
        this.views = views;
        this.lookup = lookup;
    }

    @GetMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter events(@PathVariable String id, @RequestHeader("Last-Event-ID") Optional<Long> last) {
        RolloutView view = lookup.visible(id);
        SseEmitter emitter = new SseEmitter(NO_TIMEOUT);
        threads.put(
                emitter,
                Thread.ofVirtual()
                        .name("rollout-events-" + id)
                        .start(() -> stream(emitter, view.id(), last.orElse(-1L))));
        threads.values().removeIf(thread -> !thread.isAlive());
        return emitter;
    }

    /** Streams would hold up a stop; their readers come back with Last-Event-ID. */
    @Override
    public void onApplicationEvent(ContextClosedEvent stopping) {
        // In this order: an interrupt in the middle of a send would leave the request open until the grace is over.
        threads.forEach((emitter, thread) -> Thread.startVirtualThread(() -> {
            emitter.complete();
            thread.interrupt();
        }));
    }

    private void stream(SseEmitter emitter, RolloutId id, long after) {
        try {
            long seen = after;
            boolean over = false;
            Optional<RolloutView> now = views.rollout(id);
            while (now.isPresent() && !over) {
                seen = send(emitter, now.get(), seen);
                over = now.get().state().isOver();
                now = over ? now : views.awaitChange(id, seen, BEAT);
                emitter.send(SseEmitter.event().comment("beat"));
            }
            emitter.send(SseEmitter.event().name("end").data("{}"));
            emitter.complete();
        } catch (IOException | IllegalStateException clientGone) {
            LOG.debug("a reader of rollout {} went away", id);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            emitter.complete();
        }
    }

    private long send(SseEmitter emitter, RolloutView view, long seen) throws IOException {
        if (view.version() <= seen) {
            return seen;
        }
        List<Decision> fresh = views.decisions(view.id()).stream()
                .filter(d -> d.version() > seen)
                .sorted(Comparator.comparingLong(Decision::version))
                .toList();
        for (Decision d : fresh) {
            emitter.send(SseEmitter.event()
                    .id(String.valueOf(d.version()))
                    .name("decision")
                    .data(DecisionJson.of(d), MediaType.APPLICATION_JSON));
        }
        emitter.send(SseEmitter.event().name("rollout").data(RolloutJson.of(view), MediaType.APPLICATION_JSON));
        return Math.max(view.version(), fresh.isEmpty() ? 0 : fresh.getLast().version());
    }
}
