package io.slipway.image.registry;

import io.slipway.image.PullProgress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;

/**
 * How long one thing is tried again: pauses that double, with jitter, until nothing new has come for as long as our patience lasts. A server that
 * names a time to wait is obeyed if that is within our patience, and not asked again otherwise. What cannot be reached at all is given up sooner.
 */
final class Tries {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int CONNECTS_MAX = 3;
    private static final int WRONGS_MAX = 3;
    private final Pauses pauses;
    private final Duration patience;
    private final PullProgress progress;
    private final String what;
    private long deadlineNanos;
    private int failures;
    private int connects;
    private int wrongs;

    /** @param what is tried, for people: {@code GET registry.example.com/v2/...} */
    Tries(Pauses pauses, Duration patience, PullProgress progress, String what) {
        this.pauses = pauses;
        this.patience = patience;
        this.progress = progress;
        this.what = what;
        this.deadlineNanos = pauses.nanoTime() + patience.toNanos();
    }

    /** Something new came, so patience begins anew. */
    void advanced() {
        failures = 0;
        connects = 0;
        deadlineNanos = pauses.nanoTime() + patience.toNanos();
    }

    /** Waits before the next try, or gives up. */
    void broke(IOException cause) throws IOException {
        if (cause instanceof RegistryException || (cause instanceof InterruptedIOException && !isTimeout(cause))) {
            throw cause;
        }
        if (cause instanceof SSLException) {
            throw new RegistryException(
                    RegistryException.Kind.UNREACHABLE,
                    what + ": no TLS connection: " + cause.getMessage()
                            + ". For a private certificate authority name its file as 'ca' in registries.yaml;"
                            + " a registry without TLS needs --plain-http or 'plainHttp: true'",
                    cause);
        }
        if (cause instanceof WrongContent && ++wrongs >= WRONGS_MAX) {
            throw new RegistryException(
                    RegistryException.Kind.BROKEN,
                    what + ": " + cause.getMessage() + ": it is damaged or changed on the way; tell who runs it",
                    cause);
        }
        boolean unreached = cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
        if (unreached && ++connects >= CONNECTS_MAX) {
            throw unreachable(reason(cause), Optional.of(cause));
        }
        pause(next(), reason(cause), RegistryException.Kind.UNREACHABLE, Optional.of(cause));
    }

    /** The server answered that it cannot now. */
    void passing(Answer answer) throws IOException {
        Optional<Duration> named = RetryAfter.read(answer.headers(), answer.status());
        boolean limited = answer.status() == 429 || named.isPresent();
        pause(
                named.orElseGet(this::next),
                "answered " + answer.status(),
                limited ? RegistryException.Kind.LIMITED : RegistryException.Kind.UNREACHABLE,
                Optional.empty());
    }

    /** Waits until a time, which another request was told to wait for. */
    void until(long nanoTime) throws IOException {
        long left = nanoTime - pauses.nanoTime();
        if (left > 0) {
            pause(Duration.ofNanos(left), "asked us to wait", RegistryException.Kind.LIMITED, Optional.empty());
        }
    }

    private Duration next() {
        long ms = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures, 10));
        failures++;
        return Duration.ofMillis(ms / 2 + ThreadLocalRandom.current().nextLong(ms / 2 + 1));
    }

    private void pause(Duration pause, String why, RegistryException.Kind kind, Optional<IOException> cause)
            throws IOException {
        long leftNanos = deadlineNanos - pauses.nanoTime();
        if (pause.toNanos() > leftNanos) {
            if (kind == RegistryException.Kind.LIMITED) {
                throw new RegistryException(
                        kind,
                        what + ": the server " + why + " and is not to be asked again for " + seconds(pause)
                                + ", longer than we wait (" + seconds(patience)
                                + "). Try again then, log in for a higher limit, or use a mirror");
            }
            throw unreachable(why, cause);
        }
        progress.waiting(what, why, pause);
        pauses.pause(pause);
    }

    private RegistryException unreachable(String why, Optional<IOException> cause) {
        RegistryException made = new RegistryException(
                RegistryException.Kind.UNREACHABLE,
                what + ": given up: " + why + ". Check the registry and the network, and try again");
        cause.ifPresent(made::initCause);
        return made;
    }

    private static boolean isTimeout(IOException cause) {
        return cause instanceof java.net.SocketTimeoutException;
    }

    private static String reason(IOException cause) {
        String message = cause.getMessage();
        return cause instanceof ConnectException && (message == null || message.equals("null"))
                ? "the connection was refused"
                : String.valueOf(message == null ? cause.getClass().getSimpleName() : message);
    }

    private static String seconds(Duration length) {
        return (length.toMillis() + 999) / 1000 + " s";
    }
}
