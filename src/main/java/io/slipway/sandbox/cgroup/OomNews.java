package io.slipway.sandbox.cgroup;

import io.slipway.linux.Descriptor;
import io.slipway.linux.DescriptorWatcher;

/**
 * What the kernel tells of a lack of memory by.
 *
 * @param descriptor open; to be closed by whoever asked
 */
public record OomNews(Descriptor descriptor, DescriptorWatcher.News news) {
    /** Whether it tells before it kills, if it kills at all. */
    public boolean before() {
        return news == DescriptorWatcher.News.COUNTER;
    }
}
