/**
 * Tests that need a machine of their own: src/ci/machine runs them in a virtual one, Surefire leaves them out. The tests of {@code sandbox} that
 * are to hold on other kernels and cgroup layouts too are run there as well.
 */
@NullMarked
package io.slipway.machine;

import org.jspecify.annotations.NullMarked;
