package io.slipway.sandbox.network;

import io.slipway.linux.netlink.Ipv4;
import io.slipway.linux.netlink.Ipv4Network;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Optional;

/** Finds a network of 4,093 container addresses within 10.0.0.0/8 (RFC 1918) that the host does not use, and remembers it. */
final class SubnetChoice {
    static final int PREFIX_LENGTH = 20;
    private static final int CANDIDATES = 1 << PREFIX_LENGTH - 8;
    private static final Ipv4 TEN = Ipv4.parse("10.0.0.0");
    private final Path file;

    SubnetChoice(Path file) {
        this.file = file;
    }

    Optional<Ipv4Network> remembered() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file).strip();
        try {
            return Optional.of(Ipv4Network.parse(text));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "the network's state " + file + " is damaged: " + e.getMessage()
                            + ". Containers cannot be joined; stop them and remove the file",
                    e);
        }
    }

    /** @param seed the bridge's name: two owners on one host begin at different places */
    Ipv4Network choose(String seed, Collection<Ipv4Network> taken) throws IOException {
        int start = Math.floorMod(seed.hashCode() * 0x9E3779B9 >>> 7, CANDIDATES);
        for (int i = 0; i < CANDIDATES; i++) {
            int number = (start + i) % CANDIDATES;
            Ipv4Network candidate = new Ipv4Network(TEN.plus(number << 32 - PREFIX_LENGTH), PREFIX_LENGTH);
            if (taken.stream().noneMatch(other -> other.prefixLength() > 0 && other.overlaps(candidate))) {
                remember(candidate);
                return candidate;
            }
        }
        throw new IOException(
                "no network of /" + PREFIX_LENGTH + " is free within 10.0.0.0/8: the host's addresses and routes "
                        + "cover it. Containers get no network; remove a route that is too wide");
    }

    private void remember(Ipv4Network network) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (FileChannel out = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(ByteBuffer.wrap((network + "\n").getBytes(StandardCharsets.UTF_8)));
            out.force(true);
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
