package io.slipway.release;

import java.time.Duration;

/**
 * The watch after promotion.
 *
 * @param duration at least 24 h unless {@code shortWatch}
 * @param control false: no warm stable replica takes traffic, so only absolute conditions are judged
 */
public record Watch(Duration duration, boolean shortWatch, boolean control) {}
