/**
 * Links, addresses and routes by NETLINK_ROUTE (rtnetlink(7)): messages are made and read here, nothing calls {@code ip}. Part of the room linux.
 *
 * <p>May import: base.
 */
@NullMarked
package io.slipway.linux.netlink;

import org.jspecify.annotations.NullMarked;
