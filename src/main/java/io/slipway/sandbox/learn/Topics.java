package io.slipway.sandbox.learn;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All topics, in the order in which they build on each other. */
public final class Topics {
    private static final List<Topic> ALL = Stream.of(
                    NamespaceTopics.ALL, RootTopics.ALL, CgroupTopics.ALL, PrivilegeTopics.ALL, LifeTopics.ALL)
            .flatMap(List::stream)
            .toList();

    private Topics() {}

    public static List<Topic> all() {
        return ALL;
    }

    public static Optional<Topic> find(String name) {
        return ALL.stream().filter(topic -> topic.name().equals(name)).findFirst();
    }
}
