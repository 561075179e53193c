package io.slipway.cli;

import io.slipway.linux.OwnSignals;
import io.slipway.linux.Signal;
import io.slipway.sandbox.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Ctrl-C and the like while a container is in the foreground: the first asks it to end and kills it after a grace, the second kills it at once, the
 * third ends only us. What happens is said each time.
 */
final class Interruption implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int BY_SIGNAL = 128;
    private final Consumer<String> tell;
    private final Runnable beforeHalt;
    private final OwnSignals signals;
    private Optional<Sandbox> container = Optional.empty();
    private int count;
    private int first;

    /**
     * @param tell is told what happens
     * @param beforeHalt done before this process ends without waiting
     */
    Interruption(Consumer<String> tell, Runnable beforeHalt) {
        this.tell = tell;
        this.beforeHalt = beforeHalt;
        signals = new OwnSignals(List.of("INT", "TERM", "HUP"), this::arrived);
    }

    /** From here on that is the one which is ended; at once, if there was a signal already. */
    synchronized void ends(Sandbox sandbox) {
        container = Optional.of(sandbox);
        if (count > 0) {
            begin(sandbox);
        }
    }

    /** What to end with: 128 and the signal, as if that had ended us; empty when there was none. */
    synchronized OptionalInt code() {
        return count == 0 ? OptionalInt.empty() : OptionalInt.of(BY_SIGNAL + first);
    }

    private synchronized void arrived(int signal) {
        count++;
        first = count == 1 ? signal : first;
        if (count > 2) {
            tell.accept("ended without waiting"
                    + container
                            .map(it -> " for the end of container " + it.id())
                            .orElse(""));
            beforeHalt.run();
            Runtime.getRuntime().halt(BY_SIGNAL + first);
        }
        container.ifPresent(this::begin);
    }

    private void begin(Sandbox sandbox) {
        String id = sandbox.id();
        if (count == 1) {
            boolean terminal = sandbox.spec().console().terminal().isPresent();
            String asks = StopSignal.of(sandbox);
            tell.accept(Signal.name(first) + ": container " + id + " is asked to end ("
                    + (terminal ? "SIGHUP, " + asks : asks) + "), and killed after " + GRACE.toSeconds()
                    + " s. A second " + (terminal ? "signal" : "Ctrl-C") + " kills it now.");
            Thread.startVirtualThread(() -> end(id, () -> {
                if (terminal) {
                    // A shell that is typed to heeds no SIGTERM, but ends when it seems to have lost its terminal.
                    sandbox.signal("SIGHUP");
                }
                sandbox.stop(asks, GRACE);
            }));
        } else {
            tell.accept("container " + id + " is killed. A third Ctrl-C ends without waiting for that.");
            Thread.startVirtualThread(() -> end(id, sandbox::kill));
        }
    }

    /** One way of ending it. */
    private interface Way {
        void go() throws IOException, InterruptedException;
    }

    private void end(String id, Way way) {
        try {
            way.go();
        } catch (IOException e) {
            tell.accept("container " + id + " could not be ended: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        signals.close();
    }
}
