package io.slipway.sandbox.network;

import io.slipway.linux.CallLog;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.linux.netlink.NamespaceDoor;
import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.netlink.NetlinkSocket;
import io.slipway.linux.nftables.Nftables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The network namespace in which bridges and rules are made, and the way into those of containers. */
final class HostSide implements AutoCloseable {
    private static final Path SYSCTLS = Path.of("/proc/sys/net");
    private final OptionalInt pid;
    private final NamespaceDoor door;
    private final NetlinkSocket routes;
    private final @Nullable NetlinkSocket filter;
    private final Optional<SyscallException> filterMissing;

    private HostSide(OptionalInt pid) throws IOException {
        this.pid = pid;
        door = new NamespaceDoor();
        routes = socket(NetlinkProtocol.ROUTE);
        NetlinkSocket opened = null;
        Optional<SyscallException> missing = Optional.empty();
        try {
            opened = socket(NetlinkProtocol.NETFILTER);
            new Nftables(opened).generation();
        } catch (SyscallException e) {
            missing = Optional.of(e);
        } catch (IOException e) {
            routes.close();
            throw e;
        }
        filter = opened;
        filterMissing = missing;
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

    /** Only if nothing is missing of it. */
    Nftables filter() {
        return new Nftables(Objects.requireNonNull(filter));
    }

    /** What the kernel said when it was asked for its packet filter; empty if it has one. */
    Optional<SyscallException> filterMissing() {
        return filterMissing;
    }

    /** Whether it passes on packets of IPv4 to other machines and networks. */
    boolean forwards4() throws IOException {
        return sysctl("ipv4/ip_forward").equals("1");
    }

    /** The same for IPv6. */
    boolean forwards6() throws IOException {
        return sysctl("ipv6/conf/all/forwarding").equals("1");
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
        if (filter != null) {
            filter.close();
        }
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
