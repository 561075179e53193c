package io.slipway.traffic;

import io.slipway.routing.RouteTable.Backend;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** One backend as the edge knows it: outlives changes of the route table, so that requests in flight and health are kept. */
final class Replica {
    final Backend backend;
    final SocketAddress address;
    final LongAdder ejections = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean ejected;

    Replica(Backend backend) {
        this.backend = backend;
        this.address = SocketAddress.inetSocketAddress(backend.port(), backend.address());
    }

    void enter() {
        inFlight.incrementAndGet();
    }

    void leave() {
        inFlight.decrementAndGet();
    }

    int inFlight() {
        return inFlight.get();
    }

    boolean isEjected() {
        return ejected;
    }

    /** Marks as unusable; false when it was already. */
    synchronized boolean eject() {
        if (ejected) {
            return false;
        }
        ejected = true;
        ejections.increment();
        return true;
    }

    synchronized void restore() {
        ejected = false;
    }

    /** Failures in a row, this one included. */
    int failed() {
        return failures.incrementAndGet();
    }

    void answered() {
        if (failures.get() != 0) {
            failures.set(0);
        }
    }
}
