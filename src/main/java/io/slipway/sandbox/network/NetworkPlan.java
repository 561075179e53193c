package io.slipway.sandbox.network;

import io.slipway.linux.netlink.Ipv4;
import io.slipway.linux.netlink.Ipv4Network;
import io.slipway.linux.netlink.Ipv6;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was settled for a network when it was made, and is kept in a file.
 *
 * @param bridge name of its link on the host
 * @param subnet e.g. {@code 10.1.16.0/20}
 * @param subnet6 first address of a /64, e.g. {@code fd12:3456:789a::}; empty without IPv6
 */
record NetworkPlan(String bridge, String subnet, String subnet6, int mtu, boolean internal) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    static final int PREFIX_6 = 64;

    Ipv4Network network() {
        return Ipv4Network.parse(subnet);
    }

    /** The host's address on it. */
    Ipv4 gateway() {
        return network().first().plus(1);
    }

    Optional<Ipv6> gateway6() {
        return subnet6.isEmpty()
                ? Optional.empty()
                : Optional.of(Ipv6.parse(subnet6).plus(1));
    }

    /** The address that belongs to one of IPv4: as far from the beginning of its network. */
    Optional<Ipv6> address6(Ipv4 address) {
        long offset = Integer.toUnsignedLong(address.value() - network().first().value());
        return subnet6.isEmpty()
                ? Optional.empty()
                : Optional.of(Ipv6.parse(subnet6).plus(offset));
    }

    /** Empty if there is no such file. */
    static Optional<NetworkPlan> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            NetworkPlan plan = JSON.readValue(Files.readAllBytes(file), NetworkPlan.class);
            plan.gateway6();
            plan.gateway();
            return Optional.of(plan);
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            throw new IOException(
                    "the network's state " + file + " is damaged: " + e.getMessage()
                            + ". Containers cannot be joined; stop them and remove the file",
                    e);
        }
    }

    /** Whole or not at all. */
    void write(Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (FileChannel out = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(ByteBuffer.wrap((JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8)));
            out.force(true);
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
