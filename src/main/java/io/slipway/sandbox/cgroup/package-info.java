/**
 * The control groups of the room sandbox: limits, accounting, freezing and killing, over version 1, version 2, or both, as each controller is
 * mounted.
 *
 * <pre>
 *   CgroupLayout  what this host has: which controller is where
 *        |  group(owner, id)
 *      Cgroup     one container's: made, joined, limited, changed, frozen, killed, removed
 *        |  one each
 *   Controller    files of one controller of one version: MemoryV1, MemoryV2, CpuV1, ...
 * </pre>
 *
 * <p>May import: linux.
 */
@NullMarked
package io.slipway.sandbox.cgroup;

import org.jspecify.annotations.NullMarked;
