package io.slipway.traffic;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes one answer on to the client, as fast as the client takes it. */
final class Answer {
    private final HttpServerRequest in;
    private final HttpServerResponse to;
    private final HttpClientResponse from;
    private boolean done;

    Answer(HttpServerRequest in, HttpClientResponse from, @Nullable String cookie, boolean last) {
        this.in = in;
        this.to = in.response();
        this.from = from;
        to.setStatusCode(from.statusCode());
        if (in.version() != HttpVersion.HTTP_2) {
            to.setStatusMessage(from.statusMessage());
        }
        Headers.toClient(from.headers(), to.headers());
        if (cookie != null) {
            to.headers().add("Set-Cookie", cookie);
        }
        if (last && in.version() != HttpVersion.HTTP_2) {
            to.putHeader("Connection", "close");
        }
    }

    /** @param settled called once, with true when the backend broke off: before the last byte is sent on */
    void relay(Consumer<Boolean> settled) {
        long length = length();
        if (length < 0 && mayHaveBody()) {
            to.setChunked(true);
        }
        from.exceptionHandler(cause -> cutOff(settled));
        from.handler(chunk -> pass(chunk, length, settled));
        from.endHandler(end -> finish(settled));
    }

    private void pass(Buffer chunk, long length, Consumer<Boolean> settled) {
        if (done || to.closed()) {
            return;
        }
        if (chunk.length() == length) { // the whole body at once: one write instead of three
            done = true;
            settled.accept(false);
            to.end(chunk);
            return;
        }
        to.write(chunk);
        if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(drained -> from.resume());
        }
    }

    private void finish(Consumer<Boolean> settled) {
        if (done) {
            return;
        }
        done = true;
        settled.accept(false);
        if (to.closed()) {
            return;
        }
        if (to.isChunked() || in.version() == HttpVersion.HTTP_2) {
            from.trailers().forEach(to::putTrailer);
        }
        to.end();
    }

    private void cutOff(Consumer<Boolean> settled) {
        if (done) {
            return;
        }
        done = true;
        settled.accept(true);
        to.reset();
    }

    private boolean mayHaveBody() {
        int code = from.statusCode();
        return in.method() != HttpMethod.HEAD && code != 204 && code != 304;
    }

    private long length() {
        String length = from.getHeader("Content-Length");
        return length == null ? -1 : Long.parseLong(length.trim());
    }
}
