/**
 * System call filters of the room sandbox: the OCI's profiles, compiled to the kernel's classic BPF.
 *
 * <pre>
 *   JSON -> ProfileReader -> Profile -> (for a Target) Decisions -> Compiler -> Filter -> seccomp(2) in the child
 * </pre>
 *
 * <p>May import: linux.
 */
@NullMarked
package io.slipway.sandbox.seccomp;

import org.jspecify.annotations.NullMarked;
