package io.slipway.sandbox.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A range of ids: {@code containerId} and the following are {@code hostId} and the following (user_namespaces(7)). */
record IdMapping(long containerId, long hostId, long size) {
    private static final long LAST_ID = 0xfffffffeL;
    private static final int RANGES_MAX = 340;

    static List<IdMapping> parse(Node node) throws ConfigException {
        List<IdMapping> mappings = new ArrayList<>();
        for (Node one : node.list()) {
            IdMapping mapping = new IdMapping(
                    one.at("containerID").integer(0, LAST_ID),
                    one.at("hostID").integer(0, LAST_ID),
                    one.at("size").integer(1, LAST_ID));
            if (mapping.containerId + mapping.size - 1 > LAST_ID || mapping.hostId + mapping.size - 1 > LAST_ID) {
                throw one.at("size").wrong("ids end at " + LAST_ID);
            }
            mappings.add(mapping);
        }
        if (mappings.size() > RANGES_MAX) {
            throw node.wrong("list at most " + RANGES_MAX + " ranges, as the kernel takes no more");
        }
        return List.copyOf(mappings);
    }

    /** As written to uid_map and gid_map. */
    static String file(List<IdMapping> mappings) {
        return mappings.stream()
                .map(m -> m.containerId + " " + m.hostId + " " + m.size + "\n")
                .collect(Collectors.joining());
    }

    /** What an id of the container is on the host; -1 when it has none there. */
    static long toHost(List<IdMapping> mappings, long id) {
        return mappings.stream()
                .filter(m -> id >= m.containerId && id - m.containerId < m.size)
                .map(m -> m.hostId + id - m.containerId)
                .findFirst()
                .orElse(-1L);
    }
}
