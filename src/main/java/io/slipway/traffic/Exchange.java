package io.slipway.traffic;

import io.slipway.traffic.Routes.Entry;
import io.slipway.traffic.Routes.Target;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: finds its arm and a replica, tries another one as long as nothing can have been done twice, and
 * is counted once. All on one event loop.
 */
final class Exchange {
    private static final int RESETS_MAX = 3;
    private final EdgeLoop loop;
    private final HttpServerRequest in;
    private final long startNanos = System.nanoTime();
    private final Set<Replica> tried = new HashSet<>(4);
    private @Nullable Buffer body;
    private @Nullable Replica entered;
    private @Nullable HttpClientRequest out;
    private @Nullable Pick lastReset;
    private int resets;
    private boolean gone;
    private boolean tunnelled;

    Exchange(EdgeLoop loop, HttpServerRequest in) {
        this.loop = loop;
        this.in = in;
    }

    void begin() {
        Incoming incoming = Incoming.of(in);
        if (incoming.problem() != null) {
            in.response().putHeader("Connection", "close");
            incoming.problem().answer(in);
            return;
        }
        in.response().exceptionHandler(cause -> clientGone()).closeHandler(closed -> clientGone());
        if (!incoming.buffered()) {
            in.pause();
            attempt(incoming);
            return;
        }
        if (incoming.expectsContinue()) {
            in.response().writeContinue();
        }
        in.body().onSuccess(whole -> {
            body = whole;
            attempt(incoming);
        });
    }

    private void attempt(Incoming incoming) {
        Routes routes = loop.live.routes();
        Entry entry = routes.match(incoming.host(), incoming.path());
        if (entry == null) {
            loop.counters.unrouted.increment();
            Refusals.notRouted(incoming, routes).answer(in);
            return;
        }
        Target own = entry.at(incoming.point());
        Pick pick = resets < RESETS_MAX ? Pick.of(entry, own, tried, loop.nextTurn()) : null;
        if (pick == null) {
            giveUp(entry, own);
            return;
        }
        pick.replica().enter();
        if (loop.live.routes() != routes && !loop.live.routes().has(pick.replica())) {
            pick.replica().leave(); // removed between choosing and entering: its agent may stop it any moment
            attempt(incoming);
            return;
        }
        entered = pick.replica();
        connect(incoming, pick, false);
    }

    private void connect(Incoming incoming, Pick pick, boolean fallback) {
        RequestOptions options = new RequestOptions()
                .setServer(pick.replica().address)
                .setHost(pick.replica().backend.address())
                .setPort(pick.replica().backend.port())
                .setMethod(in.method())
                .setURI(incoming.uri());
        loop.client(incoming.repeatable(), fallback)
                .request(options)
                .onComplete(request -> send(incoming, pick, request, fallback), cause -> cannotConnect(incoming, pick));
    }

    private void send(Incoming incoming, Pick pick, HttpClientRequest request, boolean fallback) {
        out = request;
        if (gone) {
            request.reset();
            leave();
            return;
        }
        Headers.toBackend(in.headers(), request.headers(), incoming);
        request.exceptionHandler(cause -> {}); // wasReset or the answer's own handler hears of it
        request.response()
                .onComplete(
                        response -> answer(incoming, pick, request, response),
                        cause -> wasReset(incoming, pick, fallback));
        if (incoming.upgrade() != null) {
            request.putHeader("Connection", "Upgrade").putHeader("Upgrade", incoming.upgrade());
            request.connect();
        } else if (incoming.buffered()) {
            sendWhole(incoming, request);
        } else {
            stream(incoming, request);
        }
    }

    private void sendWhole(Incoming incoming, HttpClientRequest request) {
        if (body != null && incoming.contentLength() >= 0) {
            request.end(body);
        } else {
            request.end();
        }
    }

    private void stream(Incoming incoming, HttpClientRequest request) {
        if (incoming.contentLength() >= 0) {
            request.putHeader("Content-Length", Long.toString(incoming.contentLength()));
        } else {
            request.setChunked(true);
        }
        if (incoming.expectsContinue()) {
            in.response().writeContinue();
        }
        request.exceptionHandler(cause -> in.handler(null).resume()); // its answer, or the lack of one, decides
        request.drainHandler(drained -> in.resume());
        in.handler(chunk -> {
            request.write(chunk);
            if (request.writeQueueFull()) {
                in.pause();
            }
        });
        in.endHandler(ended -> request.end());
        in.resume();
    }

    private void answer(Incoming incoming, Pick pick, HttpClientRequest request, HttpClientResponse response) {
        if (gone) {
            leave();
            request.reset();
            return;
        }
        pick.replica().answered();
        String cookie = incoming.hasPoint() ? null : Headers.cookieOf(incoming.point());
        if (response.statusCode() == 101) {
            tunnelled = true;
            count(pick, 101, false, 0); // now: how long it then stays open is no latency
            new Tunnel(in, response, cookie).open(this::leave);
            return;
        }
        new Answer(in, response, cookie, loop.isStopping()).relay((cutOff, bytes) -> {
            settle(pick, response.statusCode(), cutOff, bytes);
            if (cutOff || !in.isEnded()) {
                request.reset();
            }
        });
    }

    /** Before the last byte leaves, so that whoever has the answer finds it counted. */
    private void settle(Pick pick, int code, boolean cutOff, long bytes) {
        if (!gone) {
            count(pick, code, cutOff, bytes);
        }
        leave();
    }

    private void count(Pick pick, int code, boolean cutOff, long bytes) {
        pick.target().counter().answered(loop.index, code, cutOff, System.nanoTime() - startNanos, bytes);
    }

    private void cannotConnect(Incoming incoming, Pick pick) {
        loop.health.eject(pick.replica());
        tryAnother(incoming, pick);
    }

    /** Closed before any byte of an answer. Over a kept connection that means nothing yet: the same replica once more. */
    private void wasReset(Incoming incoming, Pick pick, boolean fallback) {
        if (gone) {
            leave();
        } else if (!incoming.repeatable()) {
            loop.health.suspect(pick.replica());
            cutOff(pick);
        } else if (!fallback && loop.live.routes().has(pick.replica())) {
            connect(incoming, pick, true);
        } else {
            loop.health.suspect(pick.replica());
            resets++;
            lastReset = pick;
            tryAnother(incoming, pick);
        }
    }

    private void tryAnother(Incoming incoming, Pick pick) {
        pick.target().counter().retries.increment();
        tried.add(pick.replica());
        leave();
        if (!gone) {
            attempt(incoming);
        }
    }

    private void giveUp(Entry entry, @Nullable Target own) {
        if (lastReset != null) {
            cutOff(lastReset);
            return;
        }
        if (own != null) {
            own.counter().failedByEdge(503);
        } else {
            loop.counters.unrouted.increment();
        }
        refuse(Refusals.noBackend(entry));
    }

    private void cutOff(Pick pick) {
        settle(pick, 502, true, 0);
        refuse(Refusals.cutOff(pick));
    }

    private void refuse(Problem problem) {
        problem.answer(in);
        if (!in.isEnded()) {
            in.handler(null).resume();
        }
    }

    private void clientGone() {
        if (gone || tunnelled || in.response().ended()) {
            return;
        }
        gone = true;
        loop.counters.abandonedByClient.increment();
        if (out != null) {
            out.reset();
        }
        leave();
    }

    private void leave() {
        if (entered != null) {
            entered.leave();
            entered = null;
        }
    }

    static boolean isIdempotent(HttpMethod method) {
        return switch (method.name()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }
}
