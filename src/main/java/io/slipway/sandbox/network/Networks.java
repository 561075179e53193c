package io.slipway.sandbox.network;

import io.slipway.linux.CallLog;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Network;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Networks by name, each a directory with a bridge of its own, which is made when it is missing. For several processes at once, each of which does
 * one thing: nothing is kept open.
 */
public final class Networks implements Network {
    private static final String PLAN = "network.json";
    private static final int HASH_BYTES = 4;
    private final Path directory;

    /** @param directory made with the first network; of one owner */
    public Networks(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /** A network as it lies on the disk; its bridge may be missing, e.g. after the host was started anew. */
    public record Described(
            String name,
            String bridge,
            String subnet,
            String subnet6,
            int mtu,
            boolean internal,
            List<BridgeNetwork.Member> members) {}

    /**
     * Makes a network with its bridge.
     *
     * @throws FileAlreadyExistsException if there is one of this name
     */
    public Described create(String name, NetworkOptions options) throws IOException {
        checked(name);
        return locked(() -> {
            if (Files.exists(state(name).resolve(PLAN))) {
                throw new FileAlreadyExistsException(name);
            }
            open(name, options).close();
            return describe(name).orElseThrow(() -> new NoSuchFileException(name));
        });
    }

    /** Sorted by name. */
    public List<Described> list() throws IOException {
        List<Described> all = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (var entries = Files.list(directory)) {
                for (Path entry : entries.filter(Files::isDirectory).sorted().toList()) {
                    describe(entry.getFileName().toString()).ifPresent(all::add);
                }
            }
        }
        return all;
    }

    /** Empty if there is none of this name. */
    public Optional<Described> describe(String name) throws IOException {
        Path file = state(name).resolve(PLAN);
        Optional<NetworkPlan> found = NetworkPlan.read(file);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        NetworkPlan plan = found.get();
        List<BridgeNetwork.Member> members = new Leases(state(name).resolve("leases"), plan.network(), plan.bridge())
                .all().stream()
                        .map(lease -> BridgeNetwork.Member.of(lease, plan))
                        .toList();
        return Optional.of(new Described(
                name, plan.bridge(), plan.subnet(), plan.subnet6(), plan.mtu(), plan.internal(), members));
    }

    /**
     * Removes a network with its bridge and rules.
     *
     * @throws IOException if containers are on it, or there is none of this name
     */
    public void remove(String name) throws IOException {
        locked(() -> {
            Described there = describe(name).orElseThrow(() -> missing(name));
            if (!there.members().isEmpty()) {
                throw new IOException("network " + name + " is used by container "
                        + String.join(
                                ", ",
                                there.members().stream()
                                        .map(BridgeNetwork.Member::sandboxId)
                                        .toList())
                        + "; remove that first");
            }
            open(name, NetworkOptions.DEFAULT).deleteBridge();
            Files.deleteIfExists(state(name));
            return name;
        });
    }

    /** The one of {@link Connection#DEFAULT} is made when it is missing. */
    @Override
    public Attachment attach(String sandboxId, Connection wanted, int pid) throws IOException {
        return locked(() -> {
            String name = wanted.network();
            if (!name.equals(Connection.DEFAULT.network())
                    && !Files.exists(state(name).resolve(PLAN))) {
                throw missing(name);
            }
            try (BridgeNetwork network = open(name, NetworkOptions.DEFAULT)) {
                return network.attach(sandboxId, wanted, pid);
            }
        });
    }

    @Override
    public void detach(String sandboxId, Connection joined) throws IOException {
        if (Files.exists(state(joined.network()).resolve(PLAN))) {
            locked(() -> {
                try (BridgeNetwork network = open(joined.network(), NetworkOptions.DEFAULT)) {
                    network.detach(sandboxId, joined);
                }
                return sandboxId;
            });
        }
    }

    @Override
    public Optional<Traffic> traffic(String sandboxId, Connection joined) throws IOException {
        if (!Files.exists(state(joined.network()).resolve(PLAN))) {
            return Optional.empty();
        }
        return locked(() -> {
            try (BridgeNetwork network = open(joined.network(), NetworkOptions.DEFAULT)) {
                return network.traffic(sandboxId, joined);
            }
        });
    }

    private BridgeNetwork open(String name, NetworkOptions options) throws IOException {
        return BridgeNetwork.open(state(name), bridge(name), options);
    }

    private Path state(String name) {
        return directory.resolve(checked(name));
    }

    private static String checked(String name) {
        return new Connection(name, List.of()).network();
    }

    private static IOException missing(String name) {
        return new IOException("there is no network '" + name + "'. Make it with 'slipway network create " + name
                + "', or see 'slipway network ls'");
    }

    /** Distinct on the host, also from those of other directories. */
    private String bridge(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((directory + "/" + name).getBytes(StandardCharsets.UTF_8));
            return "slipway" + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }

    /** What is done under the lock. */
    private interface Work<T> {
        T run() throws IOException;
    }

    /** One process at a time: a network must not be removed while a container joins it. */
    private synchronized <T> T locked(Work<T> work) throws IOException {
        if (CallLog.planning()) {
            return work.run();
        }
        Files.createDirectories(directory);
        try (FileChannel lock = FileChannel.open(
                        directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = lock.lock()) {
            return work.run();
        }
    }
}
