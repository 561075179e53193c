package io.slipway.sandbox.cgroup;

import java.util.OptionalLong;

/**
 * Processes of a group that the kernel killed for lack of memory.
 *
 * @param kills since its start
 * @param overBytes the group's own limit, if that was met; otherwise the host's memory was full
 */
public record Oom(long kills, OptionalLong overBytes) {
    static final Oom NONE = new Oom(0, OptionalLong.empty());
}
