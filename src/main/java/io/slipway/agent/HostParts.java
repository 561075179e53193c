package io.slipway.agent;

import java.io.IOException;

/** The runtime of this host as the supervisor needs it, made by whoever wires it. */
public interface HostParts extends AutoCloseable {
    Containers containers();

    /** Whether nothing of it was there before it was opened, and no container was started since: what was made of it may be taken away again. */
    boolean isUnused();

    /** Stops and removes all containers of ours. */
    void removeContainers() throws IOException, InterruptedException;

    /** Removes the network of ours, which no container may use any more. */
    void removeNetwork() throws IOException;

    /** Lets go of it; containers go on. */
    @Override
    void close() throws IOException;

    /** Opens it below a data directory. */
    interface Opening {
        HostParts open(DataDirectory data) throws IOException;
    }
}
