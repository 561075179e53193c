package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import java.util.Map;

/** What of a mount is made ready before the child is there. */
final class BundleMounts {
    private BundleMounts() {}

    /** How far it is. */
    sealed interface Ready permits Tree, Groups, Fresh {}

    /** A detached mount that only has to be put in its place. */
    record Tree(Descriptor descriptor, boolean directory) implements Ready {}

    /**
     * The container's control groups.
     *
     * @param trees detached mounts by directory name
     * @param links names of controllers that share a hierarchy, to its directory
     */
    record Groups(Map<String, Descriptor> trees, Map<String, String> links) implements Ready {}

    /** A file system that the child mounts itself, in its own namespaces. */
    record Fresh() implements Ready {}
}
