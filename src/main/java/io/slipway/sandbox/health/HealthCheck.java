package io.slipway.sandbox.health;

import io.slipway.sandbox.Network;
import io.slipway.sandbox.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A question that a container's health is known by. */
public sealed interface HealthCheck {
    /**
     * Asks it once.
     *
     * @param atMost after which there is no answer
     * @return why it is not well, in plain words; empty when it is
     */
    default Optional<String> ask(Sandbox sandbox, Duration atMost) throws InterruptedException {
        Optional<String> address = sandbox.attachment().map(Network.Attachment::address);
        return switch (this) {
            case Http it ->
                new NetworkQuestion(address, sandbox.pid(), it.port(), Optional.of(it.path()), atMost).ask();
            case Tcp it -> new NetworkQuestion(address, sandbox.pid(), it.port(), Optional.empty(), atMost).ask();
            case Command it -> new CommandQuestion(sandbox, it.argv(), atMost).ask();
        };
    }

    /** In words, e.g. {@code GET /healthz on port 8080}. */
    default String text() {
        return switch (this) {
            case Http it -> "GET " + it.path() + " on port " + it.port();
            case Tcp it -> "a connection to port " + it.port();
            case Command it -> it.argv().getFirst();
        };
    }

    /** A GET that is answered with a status from 200 to 399. */
    record Http(int port, String path) implements HealthCheck {}

    /** A connection that is accepted. */
    record Tcp(int port) implements HealthCheck {}

    /** A command in the container, under its limits, that exits with 0. */
    record Command(List<String> argv) implements HealthCheck {
        public Command {
            argv = List.copyOf(argv);
        }
    }
}
