package io.slipway.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the agent needs of the image store. */
public interface Images {
    /** Brings and unpacks an image if it is not there yet. */
    Bundle obtain(String reference) throws IOException, InterruptedException;

    /** Sets which must stay, for allocations, revert targets and watches; others may go after a while. */
    default void keep(Set<String> references) throws IOException {}

    /**
     * An image that is ready to be started.
     *
     * @param digest by which every host gets its own of the same: an index's, if there is one
     * @param layers directories, lowest first
     * @param command entrypoint and command of the image
     * @param user empty means 0
     */
    record Bundle(
            String digest,
            List<Path> layers,
            List<String> command,
            Map<String, String> env,
            String user,
            String workingDirectory) {}
}
