package io.slipway.linux.netlink;

import io.slipway.linux.SyscallException;

/** A request that the kernel refused; nothing of it was done. */
public final class NetlinkException extends SyscallException {
    private static final long serialVersionUID = 1L;

    /**
     * @param doing e.g. {@code create bridge slipway0}
     * @param said the kernel's own words; empty if it has none
     */
    NetlinkException(String doing, int errno, String said) {
        super("netlink:", said.isEmpty() ? doing : doing + " (" + said + ")", errno);
    }
}
