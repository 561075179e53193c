package io.slipway.linux.nftables;

import java.util.List;

/** What elements of sets are made of. Numbers are nft(8)'s own, by which it shows them again (datatype.h of nftables); the kernel only keeps them. */
public enum NftField {
    IPV4(7, 4),
    IPV6(8, 16),
    /** Of the transport layer: 6 is TCP, 17 is UDP. */
    PROTOCOL(12, 1),
    PORT(13, 2),
    /** Name of a link. */
    LINK(41, 16);

    private static final int TYPE_BITS = 6;

    private final int type;
    private final int bytes;

    NftField(int type, int bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    static int type(List<NftField> fields) {
        return fields.stream().mapToInt(field -> field.type).reduce(0, (all, one) -> all << TYPE_BITS | one);
    }

    /** Of several, each begins at a multiple of four. */
    static int bytes(List<NftField> fields) {
        return fields.size() == 1
                ? fields.getFirst().bytes
                : fields.stream().mapToInt(field -> (field.bytes + 3) & ~3).sum();
    }
}
