package io.slipway.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as a stream that does not wait for ever: the JDK's own stream has no time limit once the headers are there. A few
 * portions (of 16 KiB, mostly) lie here beside the one being read, so that neither side wakes the other for each, and a slow reader slows the sender
 * down.
 */
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
    private static final int PORTIONS_AHEAD = 16;

    private final Duration silenceMax;
    private final LinkedBlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final ArrayDeque<ByteBuffer> now = new ArrayDeque<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;
    private boolean ended;
    private Optional<Throwable> failure = Optional.empty();

    /** A portion, or the end. */
    private sealed interface Part {
        record Bytes(List<ByteBuffer> buffers) implements Part {}

        record End(Optional<Throwable> failure) implements Part {}
    }

    TimedBody(Duration silenceMax) {
        this.silenceMax = silenceMax;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (closed) {
            given.cancel();
        } else {
            given.request(PORTIONS_AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        parts.add(new Part.Bytes(buffers));
    }

    @Override
    public void onError(Throwable failure) {
        parts.add(new Part.End(Optional.of(failure)));
    }

    @Override
    public void onComplete() {
        parts.add(new Part.End(Optional.empty()));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        ByteBuffer front = front();
        if (front == null) {
            return -1;
        }
        int count = 0;
        while (front != null && count < length) {
            int some = Math.min(length - count, front.remaining());
            front.get(into, offset + count, some);
            count += some;
            front = frontThatIsHere();
        }
        return count;
    }

    private @Nullable ByteBuffer front() throws IOException {
        while (true) {
            ByteBuffer first = now.peekFirst();
            if (first != null && first.hasRemaining()) {
                return first;
            }
            if (first != null) {
                now.removeFirst();
            } else if (ended) {
                fail();
                return null;
            } else {
                take();
            }
        }
    }

    /** Without waiting; null when there is none, or the end comes next. */
    private @Nullable ByteBuffer frontThatIsHere() {
        while (true) {
            ByteBuffer first = now.peekFirst();
            if (first != null && first.hasRemaining()) {
                return first;
            }
            if (first != null) {
                now.removeFirst();
            } else if (parts.peek() instanceof Part.Bytes bytes) {
                parts.remove();
                take(bytes);
            } else {
                return null;
            }
        }
    }

    private void take(Part.Bytes bytes) {
        now.addAll(bytes.buffers());
        Flow.Subscription from = subscription;
        if (from != null) {
            from.request(1);
        }
    }

    private void take() throws IOException {
        switch (await()) {
            case Part.Bytes bytes -> take(bytes);
            case Part.End end -> {
                ended = true;
                failure = end.failure();
            }
        }
    }

    private void fail() throws IOException {
        if (failure.isPresent()) {
            throw new IOException(String.valueOf(failure.get().getMessage()), failure.get());
        }
    }

    private Part await() throws IOException {
        if (closed) {
            throw new IOException("the answer was closed");
        }
        try {
            Part part = parts.poll(silenceMax.toMillis(), TimeUnit.MILLISECONDS);
            if (part == null) {
                close();
                throw new SocketTimeoutException("nothing came for " + silenceMax.toMillis() + " ms");
            }
            return part;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Ends the connection if not everything was read. */
    @Override
    public void close() {
        closed = true;
        Flow.Subscription from = subscription;
        if (from != null) {
            from.cancel();
        }
    }
}
