package io.slipway.linux.nftables;

import java.util.List;

/**
 * A set of elements, or a map.
 *
 * @param data what a key leads to; empty for a set that is no map
 * @param counting whether each element counts the packets that were found by it, and their bytes
 */
public record NftSet(String name, List<NftField> key, List<NftField> data, boolean counting) {
    public NftSet {
        key = List.copyOf(key);
        data = List.copyOf(data);
    }

    public static NftSet of(String name, NftField... key) {
        return new NftSet(name, List.of(key), List.of(), false);
    }

    public NftSet to(NftField... other) {
        return new NftSet(name, key, List.of(other), counting);
    }

    public NftSet counted() {
        return new NftSet(name, key, data, true);
    }
}
