package io.slipway.sandbox.learn;

import io.slipway.linux.CallResult;
import java.util.List;

/**
 * What was seen when a topic was tried.
 *
 * @param calls of the real program that are the topic's
 * @param with what the command wrote, and how it ended, in a container as it should be
 * @param without the same, with the topic's part left out
 */
public record Shown(List<CallResult> calls, List<String> with, List<String> without) {}
