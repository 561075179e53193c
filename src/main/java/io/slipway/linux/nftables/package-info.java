/**
 * Tables, chains, rules and sets of nftables by NETLINK_NETFILTER: messages are made and read here, nothing calls {@code nft}. Only what this project's
 * own rules need: include/uapi/linux/netfilter/nf_tables.h has the rest. Part of the room linux.
 *
 * <p>May import: base.
 */
@NullMarked
package io.slipway.linux.nftables;

import org.jspecify.annotations.NullMarked;
