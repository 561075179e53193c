package io.slipway.sandbox.network;

import io.slipway.linux.SyscallException;
import io.slipway.linux.netlink.NamespaceDoor;
import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.netlink.NetlinkSocket;
import io.slipway.linux.nftables.Nftables;
import java.io.IOException;
import java.util.Optional;

/** Tries whether the kernel takes all rules that networks have. */
public final class FilterTrial {
    /** What the kernel must have been built with, or have modules of. */
    public static final String KERNEL_OPTIONS = FilterRules.KERNEL_OPTIONS;

    private FilterTrial() {}

    /**
     * Makes the table in a network namespace that nobody else uses.
     *
     * @param pid of a process in it
     * @return what was refused; empty if all was made
     */
    public static Optional<String> refused(NamespaceDoor door, int pid) throws IOException {
        try (NetlinkSocket socket = door.open(pid, NetlinkProtocol.NETFILTER)) {
            new Nftables(socket).commit(FilterRules.make());
            return Optional.empty();
        } catch (SyscallException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
