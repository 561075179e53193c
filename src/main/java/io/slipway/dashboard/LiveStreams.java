package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.base.RolloutId;
import io.slipway.control.Views;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.ServiceView;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells open pages that there is something new to fetch ({@code changed}), and that the line is up ({@code beat}). A page that misses
 * its beats says that it is stale.
 */
@Controller
final class LiveStreams implements ApplicationListener<ContextClosedEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStreams.class);
    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final long NO_TIMEOUT = 0;

    private final Views views;
    private final Lookup lookup;
    private final Clock clock;
    private final Map<SseEmitter, Thread> threads = new ConcurrentHashMap<>();

    LiveStreams(Views views, Lookup lookup, Clock clock) {
        this.views = views;
        this.lookup = lookup;
        this.clock = clock;
    }

    @GetMapping(path = "/rollouts/{id}/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter rollout(@PathVariable String id) {
        RolloutId rollout = lookup.rollout(id).id();
        return open(emitter -> follow(emitter, rollout));
    }

    @GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter services() {
        Caller.current();
        return open(this::followAll);
    }

    private void follow(SseEmitter emitter, RolloutId id) throws IOException, InterruptedException {
        Optional<RolloutView> now = views.rollout(id);
        beat(emitter);
        while (now.isPresent()) {
            long seen = now.get().version();
            now = views.awaitChange(id, seen, BEAT);
            if (now.isPresent() && now.get().version() > seen) {
                changed(emitter);
            }
            beat(emitter);
        }
    }

    private void followAll(SseEmitter emitter) throws IOException, InterruptedException {
        List<Seen> before = look();
        beat(emitter);
        while (true) {
            Thread.sleep(LOOK_EVERY);
            List<Seen> now = look();
            if (!now.equals(before)) {
                changed(emitter);
            }
            before = now;
            beat(emitter);
        }
    }

    private List<Seen> look() {
        return views.services().stream().map(Seen::of).toList();
    }

    private void changed(SseEmitter emitter) throws IOException {
        emitter.send(SseEmitter.event().name("changed").data(clock.instant().toString()));
    }

    private void beat(SseEmitter emitter) throws IOException {
        emitter.send(SseEmitter.event().name("beat").data(clock.instant().toString()));
    }

    /** Open pages would hold up a stop; they come back by themselves when the next controller is there. */
    @Override
    public void onApplicationEvent(ContextClosedEvent stopping) {
        // In this order: an interrupt in the middle of a send would leave the request open until the grace is over.
        threads.forEach((emitter, thread) -> Thread.startVirtualThread(() -> {
            emitter.complete();
            thread.interrupt();
        }));
    }

    private SseEmitter open(Stream stream) {
        SseEmitter emitter = new SseEmitter(NO_TIMEOUT);
        threads.put(emitter, Thread.ofVirtual().name("live-page").start(() -> {
            try {
                stream.run(emitter);
                emitter.complete();
            } catch (IOException | IllegalStateException pageClosed) {
                LOG.debug("a page was closed");
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                emitter.complete();
            }
        }));
        threads.values().removeIf(thread -> !thread.isAlive());
        return emitter;
    }

    private interface Stream {
        void run(SseEmitter emitter) throws IOException, InterruptedException;
    }

    /** What of a service the list shows; another is something new. */
    private record Seen(String name, String sentence, Optional<Long> version) {
        static Seen of(ServiceView s) {
            return new Seen(
                    s.name().value(), s.sentence(), s.active().or(s::latest).map(RolloutView::version));
        }
    }
}
