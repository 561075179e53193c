package io.slipway.sandbox.network;

import io.slipway.linux.CallLog;
import io.slipway.linux.Syscalls;
import io.slipway.linux.netlink.NamespaceDoor;
import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.netlink.NetlinkSocket;
import io.slipway.linux.nftables.Nftables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

/** The network namespace in which bridges and rules are made, and the way into those of containers. */
final class HostSide implements AutoCloseable {
    private static final Path SYSCTLS = Path.of("/proc/sys/net");
    private final OptionalInt pid;
    private final NamespaceDoor door;
    private final NetlinkSocket routes;
    private final NetlinkSocket filter;

    private HostSide(OptionalInt pid) throws IOException {
        this.pid = pid;
        door = new NamespaceDoor();
        routes = socket(NetlinkProtocol.ROUTE);
        try {
            filter = socket(NetlinkProtocol.NETFILTER);
        } catch (IOException e) {
            routes.close();
            throw e;
        }
    }

    /** That of this process. */
    static HostSide own() throws IOException {
        return new HostSide(OptionalInt.empty());
    }

    /** That of another process, which lives as long as this is used. */
    static HostSide of(int pid) throws IOException {
        return new HostSide(OptionalInt.of(pid));
    }

    NetlinkSocket routes() {
        return routes;
    }

    Nftables filter() {
        return new Nftables(filter);
    }

    NamespaceDoor door() {
        return door;
    }

    /** Whether a socket of Java is in it too. */
    boolean isOwn() {
        return pid.isEmpty();
    }

    /** A kernel parameter, e.g. {@code ipv4/ip_forward}; empty if there is none. */
    String sysctl(String name) throws IOException {
        return inside(() -> Files.exists(SYSCTLS.resolve(name))
                ? Files.readString(SYSCTLS.resolve(name)).strip()
                : "");
    }

    void setSysctl(String name, String value) throws IOException {
        inside(() -> {
            Syscalls.writeFile(SYSCTLS.resolve(name), 0, 0, value.getBytes(StandardCharsets.UTF_8));
            return value;
        });
    }

    @Override
    public void close() {
        door.close();
        routes.close();
        filter.close();
    }

    private NetlinkSocket socket(NetlinkProtocol protocol) throws IOException {
        // Opened also within a plan: what there is is looked at.
        return CallLog.reading(
                () -> pid.isEmpty() ? NetlinkSocket.open(protocol) : door.open(pid.getAsInt(), protocol));
    }

    private <T> T inside(Callable<T> work) throws IOException {
        if (pid.isPresent()) {
            return door.inside(pid.getAsInt(), work);
        }
        try {
            return work.call();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
