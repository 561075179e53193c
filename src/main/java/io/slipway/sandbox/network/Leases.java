package io.slipway.sandbox.network;

import io.slipway.linux.CallLog;
import io.slipway.linux.netlink.Ipv4;
import io.slipway.linux.netlink.Ipv4Network;
import io.slipway.sandbox.PublishedPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who has which address: one link per address, so that the file system decides between two who want the same. Not fsynced: after a crash of the
 * host there are no containers either, and a damaged file is dropped.
 */
final class Leases {
    /** The first address is the network's, the second the bridge's. */
    private static final int FIRST_OFFSET = 2;
    /** What a link can hold (symlink(7), PATH_MAX). */
    private static final int TEXT_MAX = 4095;

    private final Path directory;
    private final Ipv4Network network;
    private final String bridge;
    private final Map<String, Lease> known = new HashMap<>();
    private int cursor = FIRST_OFFSET;

    Leases(Path directory, Ipv4Network network, String bridge) throws IOException {
        this.directory = CallLog.planning() ? directory : Files.createDirectories(directory);
        this.network = network;
        this.bridge = bridge;
    }

    /**
     * Moves on with each lease, so that an address just given back is not given to another at once. Within a plan it is the one that would be
     * taken.
     */
    synchronized Lease take(String sandboxId, List<PublishedPort> ports) throws IOException {
        if (known.containsKey(sandboxId)) {
            throw new IOException("sandbox " + sandboxId + " is on the network already; detach it first");
        }
        int size = network.last().value() - network.first().value();
        int at = cursor;
        for (int tried = FIRST_OFFSET; tried < size; tried++) {
            Lease lease = new Lease(sandboxId, network.first().plus(at), linkName(sandboxId), ports);
            at = at + 1 >= size ? FIRST_OFFSET : at + 1;
            if (CallLog.planning() && free(lease)) {
                return lease;
            }
            if (!CallLog.planning() && write(lease)) {
                cursor = at;
                known.put(sandboxId, lease);
                return lease;
            }
        }
        throw new IOException("no address is free in " + network + " of bridge " + bridge + " for sandbox " + sandboxId
                + ": all are leased. Stop containers, or give the agent a larger network");
    }

    /** Also one that another process of the same owner took. */
    synchronized Optional<Lease> find(String sandboxId) throws IOException {
        Lease ours = known.get(sandboxId);
        if (ours != null) {
            return Optional.of(ours);
        }
        return all().stream().filter(one -> one.sandboxId().equals(sandboxId)).findFirst();
    }

    synchronized void release(Lease lease) throws IOException {
        if (CallLog.planning()) {
            return;
        }
        known.remove(lease.sandboxId());
        Files.deleteIfExists(directory.resolve(lease.address().toString()));
    }

    List<Lease> all() throws IOException {
        List<Lease> leases = new ArrayList<>();
        if (CallLog.planning() && !Files.exists(directory)) {
            return leases;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[0-9]*")) {
            for (Path file : files) {
                read(file).ifPresent(leases::add);
            }
        }
        return leases;
    }

    /** Takes over what was leased before; removes files that were damaged when the host died. */
    synchronized void load() throws IOException {
        if (CallLog.planning()) {
            all().forEach(lease -> known.put(lease.sandboxId(), lease));
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Optional<Lease> lease = read(file);
                if (lease.isPresent()) {
                    known.put(lease.get().sandboxId(), lease.get());
                } else {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private boolean free(Lease lease) {
        return !Files.exists(directory.resolve(lease.address().toString()), LinkOption.NOFOLLOW_LINKS);
    }

    /** A link that leads nowhere: it appears with its text, or not at all, and one call makes it. */
    private boolean write(Lease lease) throws IOException {
        String text = text(lease);
        Path file = directory.resolve(lease.address().toString());
        try {
            Files.createSymbolicLink(file, Path.of(text));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            if (text.length() > TEXT_MAX) {
                throw new IOException(
                        "sandbox " + lease.sandboxId() + " publishes "
                                + lease.ports().size() + " ports, more than a lease can name. Publish fewer",
                        e);
            }
            throw e;
        }
    }

    /** Sandbox, link and published ports, in a line. */
    private static String text(Lease lease) {
        StringBuilder text = new StringBuilder(lease.sandboxId()).append(' ').append(lease.link());
        lease.ports().forEach(port -> text.append(' ').append(port));
        return text.toString();
    }

    /** Leases of before are files. */
    private static String text(Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NotLinkException e) {
            return Files.readString(file).strip();
        }
    }

    private static Optional<Lease> read(Path file) throws IOException {
        try {
            List<String> words = List.of(text(file).split(" "));
            if (words.size() < 2) {
                return Optional.empty();
            }
            Ipv4 address = Ipv4.parse(file.getFileName().toString());
            List<PublishedPort> ports =
                    words.stream().skip(2).map(PublishedPort::parse).toList();
            return Optional.of(new Lease(words.get(0), address, words.get(1), ports));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A device's name has at most 15 characters (IFNAMSIZ), so the id goes in as a hash. */
    private String linkName(String sandboxId) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            byte[] digest = hash.digest((bridge + "/" + sandboxId).getBytes(StandardCharsets.UTF_8));
            return "slipway" + HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }
}
