/**
 * The OCI runtime: {@code config.json} read strictly, made into a program of system calls, and the life of such containers over a state directory
 * that any number of short-lived commands share.
 *
 * <p>May import: linux, image, sandbox.
 *
 * <pre>
 * config.json -> BundleConfig -> BundleProgram -> Spawn      create: the child stops before exec
 *                                    |
 *                     BundleFiles (descriptors, cgroup)      start: one byte into its fifo
 * </pre>
 */
@NullMarked
package io.slipway.sandbox.oci;

import org.jspecify.annotations.NullMarked;
