package io.slipway.linux.netlink;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are sent together, and what the kernel has answered so far. The kernel answers in their order; it is done when it has answered the
 * last of those that ask for it, or refused one that does not.
 */
final class NetlinkExchange {
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;

    private final List<NetlinkRequest> requests;
    private final int first;
    private final int last;
    private final List<ByteBuffer> answers = new ArrayList<>();
    private @Nullable NetlinkException refused;
    private boolean whole = true;

    /** @param first sequence number of the first request */
    NetlinkExchange(List<NetlinkRequest> requests, int first) {
        this.requests = requests;
        this.first = first;
        int awaited = requests.size() - 1;
        while (awaited > 0 && !requests.get(awaited).answered()) {
            awaited--;
        }
        last = first + awaited;
    }

    byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < requests.size(); i++) {
            all.writeBytes(requests.get(i).bytes(first + i));
        }
        return all.toByteArray();
    }

    /** For errors. */
    String doing() {
        return requests.getFirst().doing();
    }

    /** Each from behind its header on. */
    List<ByteBuffer> answers() {
        return answers;
    }

    /** False if a list changed while the kernel wrote it. */
    boolean whole() {
        return whole;
    }

    /** @throws NetlinkException of the first that was refused */
    void check() throws NetlinkException {
        if (refused != null) {
            throw refused;
        }
    }

    /** Takes what was received; returns whether that is all. */
    boolean take(ByteBuffer in) throws IOException {
        boolean done = false;
        while (!done && in.remaining() >= NetlinkRequest.HEADER_BYTES) {
            int start = in.position();
            int length = in.getInt(start);
            if (length < NetlinkRequest.HEADER_BYTES || length > in.remaining()) {
                throw new IOException(doing() + ": the kernel's answer is malformed");
            }
            done = take(
                    in.getShort(start + 4) & 0xffff,
                    in.getShort(start + 6) & 0xffff,
                    in.getInt(start + 8),
                    body(in, length));
            in.position(Math.min(in.limit(), start + ((length + 3) & ~3)));
        }
        return done;
    }

    private static ByteBuffer body(ByteBuffer in, int length) {
        byte[] bytes = new byte[length - NetlinkRequest.HEADER_BYTES];
        in.get(in.position() + NetlinkRequest.HEADER_BYTES, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    private boolean take(int type, int flags, int number, ByteBuffer body) {
        if (number < first || number >= first + requests.size()) {
            // Left over from requests that timed out.
            return false;
        }
        whole &= (flags & NLM_F_DUMP_INTR) == 0;
        if (type == NLMSG_ERROR) {
            NetlinkRequest request = requests.get(number - first);
            int errno = -body.getInt();
            if (errno != 0 && refused == null) {
                refused = new NetlinkException(request.doing(), errno, said(body, flags));
            }
            return number == last || (errno != 0 && !request.answered());
        }
        if (type != NLMSG_DONE) {
            answers.add(body);
        }
        return type == NLMSG_DONE && number == last;
    }

    /** The kernel's own words. struct nlmsgerr: the error, the request's header (and its body unless capped), then attributes. */
    private static String said(ByteBuffer body, int flags) {
        int attributes = Integer.BYTES + NetlinkRequest.HEADER_BYTES;
        if ((flags & NLM_F_ACK_TLVS) == 0 || (flags & NLM_F_CAPPED) == 0 || body.limit() <= attributes) {
            return "";
        }
        return new NetlinkAttributes(body.position(attributes)).text(NLMSGERR_ATTR_MSG);
    }
}
