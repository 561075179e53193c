package io.slipway.traffic;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Passes one answer on to the client, as fast as the client takes it. */
final class Answer {
    private final HttpServerRequest in;
    private final HttpServerResponse to;
    private final HttpClientResponse from;
    private final Intake intake;
    private long bytes;
    private boolean done;

    /** Hears how it ended: once, before the last byte is sent on. */
    interface Settled {
        /**
         * @param cutOff whether the backend broke off
         * @param bytes of the body
         */
        void as(boolean cutOff, long bytes);
    }

    Answer(HttpServerRequest in, HttpClientResponse from, @Nullable String cookie, boolean last) {
        this.in = in;
        this.to = in.response();
        this.from = from;
        this.intake = new Intake(from.request().connection(), from);
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

    void relay(Settled settled) {
        long length = length();
        if (length < 0 && mayHaveBody()) {
            to.setChunked(true);
        }
        from.exceptionHandler(cause -> cutOff(settled));
        from.handler(chunk -> pass(chunk, length, settled));
        from.endHandler(end -> finish(settled));
    }

    private void pass(Buffer chunk, long length, Settled settled) {
        if (done || to.closed()) {
            return;
        }
        bytes += chunk.length();
        if (chunk.length() == length) { // the whole body at once: one write instead of three
            done = true;
            settled.as(false, bytes);
            to.end(chunk);
            return;
        }
        to.write(chunk);
        if (to.writeQueueFull()) {
            intake.hold();
            to.drainHandler(drained -> intake.release());
        }
    }

    private void finish(Settled settled) {
        if (done) {
            return;
        }
        done = true;
        intake.release();
        settled.as(false, bytes);
        if (to.closed()) {
            return;
        }
        if (to.isChunked() || in.version() == HttpVersion.HTTP_2) {
            from.trailers().forEach(to::putTrailer);
        }
        to.end();
    }

    private void cutOff(Settled settled) {
        if (done) {
            return;
        }
        done = true;
        intake.release();
        settled.as(true, bytes);
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
