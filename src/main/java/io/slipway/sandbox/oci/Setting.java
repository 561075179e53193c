package io.slipway.sandbox.oci;

import java.util.List;

/**
 * What is to be written to a control group's file.
 *
 * @param files names that kernels have given it, the first that is there is taken
 * @param source where in config.json it comes from
 */
record Setting(boolean unified, String controller, List<String> files, String value, String source) {}
