package io.slipway.api;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A server per test class, over fakes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class FrontTest {
    private java.util.Optional<FrontServer> server = java.util.Optional.empty();

    @BeforeAll
    final void start() {
        server = java.util.Optional.of(new FrontServer(0));
    }

    @AfterAll
    final void stop() {
        server.ifPresent(FrontServer::close);
    }

    protected final FrontServer server() {
        return server.orElseThrow();
    }
}
