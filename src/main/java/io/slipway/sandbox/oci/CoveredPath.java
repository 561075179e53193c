package io.slipway.sandbox.oci;

import io.slipway.linux.Errno;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallProgram.Step;
import java.util.List;

/**
 * A path that was to be hidden or made read-only in either of some ways. Each way, of some calls, may fail, so that the other is tried; that one did not is
 * looked up afterwards, while the child still waits: a container whose mask is missing never runs.
 */
record CoveredPath(String path, Step seen, List<List<Step>> ways) {
    void check(Spawn.Waiting child) throws OciException {
        long found = child.result(seen);
        boolean absent = found == -Errno.ENOENT || found == -Errno.ENOTDIR;
        boolean covered = ways.stream()
                .anyMatch(way -> way.stream().allMatch(step -> child.made(step) && child.result(step) == 0));
        if (!absent && !covered) {
            long failure = ways.stream()
                    .flatMap(List::stream)
                    .mapToLong(child::result)
                    .filter(result -> result < 0)
                    .findFirst()
                    .orElse(found);
            throw new OciException("path " + path + " could not be covered: " + Errno.describe((int) -failure)
                    + "; take it from linux.maskedPaths or linux.readonlyPaths if the container may see it");
        }
    }
}
