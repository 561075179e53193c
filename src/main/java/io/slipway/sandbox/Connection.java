package io.slipway.sandbox;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a container asks of a network of the runtime.
 *
 * @param network its name; a runtime that has one only does not look at it
 * @param ports of the host that lead to it
 */
public record Connection(String network, List<PublishedPort> ports) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,30}");

    /** Without ports, on the network that is made when it is missing. */
    public static final Connection DEFAULT = new Connection("default", List.of());

    public Connection {
        if (!NAME.matcher(network).matches()) {
            throw new IllegalArgumentException(
                    "'" + network + "' is no name for a network: 1 to 31 of a-z, 0-9 and dash, beginning with a "
                            + "letter or digit");
        }
        ports = List.copyOf(ports);
        Set<String> places = new HashSet<>();
        for (PublishedPort one : ports) {
            if (!places.add(one.address() + " " + one.hostPort() + "/" + one.protocol())) {
                throw new IllegalArgumentException("port " + one.hostPort() + "/" + one.protocol() + " of "
                        + one.address() + " is published twice for one container; it can lead to one port only");
            }
        }
    }
}
