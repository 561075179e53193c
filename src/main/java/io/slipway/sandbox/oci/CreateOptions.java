package io.slipway.sandbox.oci;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code create} and {@code run} are told beside the bundle.
 *
 * @param pidFile where the process's pid is written
 * @param consoleSocket Unix socket that is given the terminal's master
 * @param noPivot whether the root is changed without pivot_root, for a root that is a ramdisk
 * @param preserveFds how many descriptors from 3 on the container keeps
 */
public record CreateOptions(
        Path bundle,
        Optional<Path> pidFile,
        Optional<Path> consoleSocket,
        boolean noPivot,
        boolean noNewKeyring,
        int preserveFds) {
    public static CreateOptions of(Path bundle) {
        return new CreateOptions(bundle, Optional.empty(), Optional.empty(), false, false, 0);
    }
}
