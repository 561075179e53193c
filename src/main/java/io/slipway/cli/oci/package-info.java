/**
 * {@code slipway oci}: the OCI runtime command line, flag by flag as runc and crun have it, so that podman, conmon and containerd can call it. By
 * itself, without the library that reads the other commands: loading that would take longer than a container takes to start.
 *
 * <p>May import: what cli may.
 */
@NullMarked
package io.slipway.cli.oci;

import org.jspecify.annotations.NullMarked;
