package io.slipway.linux.nftables;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.netlink.NetlinkAttributes;
import io.slipway.linux.netlink.NetlinkRequest;
import io.slipway.linux.netlink.NetlinkSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The packet filter of the network namespace that a socket belongs to. */
public final class Nftables {
    private static final Map<Integer, String> FAMILIES =
            Map.of(1, "inet", 2, "ip", 3, "arp", 5, "netdev", 7, "bridge", 10, "ip6");
    private static final int GET_CHAIN = 4;
    private static final int GET_ELEMENT = 13;
    private static final int GET_GENERATION = 16;
    private static final int DUMP = 0x300;
    private static final int FIXED_BYTES = 4;
    private static final int COMMENT_BEGIN = 2;

    private final NetlinkSocket socket;

    /** @param socket of NETLINK_NETFILTER; stays the caller's */
    public Nftables(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * An element with what it has counted.
     *
     * @param key in hexadecimal digits
     * @param data the same; empty unless it is of a map
     * @param comment empty if it has none
     */
    public record Counted(String key, String data, String comment, long packets, long bytes) {}

    /**
     * Makes the changes.
     *
     * @throws io.slipway.linux.netlink.NetlinkException if the kernel refuses any of them; then none is made
     */
    public void commit(NftBatch batch) throws IOException {
        socket.perform(batch.messages());
    }

    /**
     * A chain at a hook of the kernel, of any table.
     *
     * @param family e.g. {@code ip}, {@code inet}
     * @param hook by the kernel's number, see {@link NftChain.Hook}
     * @param drops whether it drops what its rules say nothing of
     */
    public record BaseChain(String family, String table, String name, int hook, int priority, boolean drops) {}

    /** Those of all tables, whoever made them; iptables-nft's too, and not those of the older iptables. */
    public List<BaseChain> chains() throws IOException {
        NetlinkRequest request = new NetlinkRequest(
                "nftables: list chains", NftBatch.SUBSYSTEM << 8 | GET_CHAIN, NftBatch.NLM_F_REQUEST | DUMP);
        List<BaseChain> chains = new ArrayList<>();
        for (ByteBuffer answer : socket.ask(request.u8(0).u8(0).u16(0))) {
            String family = FAMILIES.getOrDefault((int) answer.get(0), "family " + answer.get(0));
            NetlinkAttributes chain = attributes(answer);
            NetlinkAttributes hook = chain.nested(4);
            if (hook.bytes(1).isPresent()) {
                chains.add(new BaseChain(
                        family,
                        chain.text(1),
                        chain.text(3),
                        hook.bigU32(1, 0),
                        hook.bigU32(2, 0),
                        chain.bigU32(5, 1) == 0));
            }
        }
        return chains;
    }

    /** Changes whenever something of nftables does, in any table. */
    public int generation() throws IOException {
        List<ByteBuffer> answer = socket.ask(request("which generation", GET_GENERATION, NftBatch.NLM_F_ACK));
        return answer.isEmpty() ? 0 : attributes(answer.getFirst()).bigU32(1, 0);
    }

    /** What is in a set; nothing if there is no such table. */
    public List<Counted> elements(String table, NftSet set) throws IOException {
        NetlinkRequest request = request("list set " + set.name(), GET_ELEMENT, DUMP);
        List<Counted> elements = new ArrayList<>();
        try {
            for (ByteBuffer answer : socket.ask(request.attribute(1, table).attribute(2, set.name()))) {
                attributes(answer)
                        .bytes(3)
                        .ifPresent(list ->
                                NetlinkAttributes.list(list).forEach(element -> elements.add(counted(element))));
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        return elements;
    }

    /** Whether an element is there, and leads where this one does. */
    public boolean has(String table, NftSet set, NftElement element) throws IOException {
        String data = HexFormat.of().formatHex(element.data(set));
        return element(table, set, element)
                .filter(there -> there.data().equals(data))
                .isPresent();
    }

    /** One element; empty if it is not there. */
    public Optional<Counted> element(String table, NftSet set, NftElement wanted) throws IOException {
        NetlinkRequest request = request("find in set " + set.name(), GET_ELEMENT, NftBatch.NLM_F_ACK);
        request.attribute(1, table).attribute(2, set.name());
        int list = request.begin(3);
        NftBatch.write(request, set, wanted, false);
        try {
            return socket.ask(request.end(list)).stream()
                    .flatMap(answer -> attributes(answer).bytes(3).stream())
                    .flatMap(found -> NetlinkAttributes.list(found).stream())
                    .map(Nftables::counted)
                    .findFirst();
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Counted counted(NetlinkAttributes element) {
        byte[] key = element.nested(1).bytes(1).orElse(new byte[0]);
        NetlinkAttributes counter = element.nested(7).nested(2);
        return new Counted(
                HexFormat.of().formatHex(key),
                HexFormat.of().formatHex(element.nested(2).bytes(1).orElse(new byte[0])),
                comment(element.bytes(6)),
                number(counter, 2),
                number(counter, 1));
    }

    private static long number(NetlinkAttributes counter, int attribute) {
        return counter.bytes(attribute)
                .map(bytes -> ByteBuffer.wrap(bytes).getLong())
                .orElse(0L);
    }

    private static String comment(Optional<byte[]> kept) {
        return kept.filter(bytes -> bytes.length > COMMENT_BEGIN)
                .map(bytes ->
                        new String(bytes, COMMENT_BEGIN, bytes.length - COMMENT_BEGIN - 1, StandardCharsets.UTF_8))
                .orElse("");
    }

    private static NetlinkAttributes attributes(ByteBuffer answer) {
        return new NetlinkAttributes(answer.position(FIXED_BYTES));
    }

    private static NetlinkRequest request(String doing, int type, int flags) {
        return new NetlinkRequest("nftables: " + doing, NftBatch.SUBSYSTEM << 8 | type, NftBatch.NLM_F_REQUEST | flags)
                .u8(NftBatch.INET)
                .u8(0)
                .u16(0);
    }
}
