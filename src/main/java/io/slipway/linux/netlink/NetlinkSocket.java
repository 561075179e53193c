package io.slipway.linux.netlink;

import static io.slipway.linux.netlink.SocketCalls.checked;

import com.sun.jna.Native;
import io.slipway.linux.Argument;
import io.slipway.linux.CallLog;
import io.slipway.linux.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A NETLINK_ROUTE socket. It belongs to the network namespace in which it was made, whatever thread uses it. One request at a time; each waits
 * for the kernel's answer.
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long TIMEOUT_SECONDS = 5;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int DUMP_TRIES = 10;

    private final int fd;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int sequence;
    private boolean closed;

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    /** In the calling thread's network namespace. */
    public static NetlinkSocket open() throws IOException {
        long fd = CallLog.call(
                "socket",
                () -> SocketCalls.socket(
                        SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW_CLOEXEC, SocketCalls.NETLINK_ROUTE),
                Argument.flags(SocketCalls.AF_NETLINK, "AF_NETLINK"),
                Argument.flags(SocketCalls.SOCK_RAW_CLOEXEC, "SOCK_RAW|SOCK_CLOEXEC"),
                Argument.flags(SocketCalls.NETLINK_ROUTE, "NETLINK_ROUTE"));
        checked(fd, "socket", "NETLINK_ROUTE");
        NetlinkSocket socket = new NetlinkSocket((int) fd);
        try {
            socket.set(SocketCalls.SOL_NETLINK, SocketCalls.NETLINK_CAP_ACK, option(Integer.BYTES, 1));
            socket.set(SocketCalls.SOL_NETLINK, SocketCalls.NETLINK_EXT_ACK, option(Integer.BYTES, 1));
            socket.set(SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVTIMEO, option(2 * Long.BYTES, TIMEOUT_SECONDS));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends and waits for 'done'. @throws NetlinkException if the kernel refuses */
    synchronized void perform(NetlinkRequest request) throws IOException {
        List<ByteBuffer> ignored = new ArrayList<>();
        exchange(request, ignored);
    }

    /** Sends and collects the answers, each from behind its header on. */
    synchronized List<ByteBuffer> ask(NetlinkRequest request) throws IOException {
        for (int i = 0; i < DUMP_TRIES; i++) {
            List<ByteBuffer> answers = new ArrayList<>();
            if (exchange(request, answers)) {
                return answers;
            }
        }
        throw new IOException(
                request.doing() + ": the kernel's list changed " + DUMP_TRIES + " times while it was read");
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            CallLog.call("close", () -> SocketCalls.close(fd), me());
        }
    }

    /** @return false if a list changed while the kernel wrote it */
    private boolean exchange(NetlinkRequest request, List<ByteBuffer> answers) throws IOException {
        int number = ++sequence;
        byte[] message = request.bytes(number);
        long sent = CallLog.call(
                "sendto",
                () -> SocketCalls.send(fd, message, message.length, 0),
                me(),
                new RouteMessage(message).argument(),
                Argument.number(message.length),
                Argument.number(0),
                Argument.none(),
                Argument.number(0));
        checked(sent, "netlink send", request.doing());
        boolean whole = true;
        while (true) {
            int count = receive(request);
            ByteBuffer in = ByteBuffer.wrap(buffer, 0, count).order(ByteOrder.nativeOrder());
            while (in.remaining() >= NetlinkRequest.HEADER_BYTES) {
                int start = in.position();
                int length = in.getInt();
                int type = in.getShort() & 0xffff;
                int flags = in.getShort() & 0xffff;
                int answered = in.getInt();
                in.getInt();
                if (length < NetlinkRequest.HEADER_BYTES || start + length > count) {
                    throw new IOException(request.doing() + ": the kernel's answer is malformed");
                }
                ByteBuffer body = in.slice(in.position(), length - NetlinkRequest.HEADER_BYTES)
                        .order(ByteOrder.nativeOrder());
                in.position(Math.min(count, start + ((length + 3) & ~3)));
                if (answered != number) {
                    // Left over from a request that timed out.
                    continue;
                }
                whole &= (flags & NLM_F_DUMP_INTR) == 0;
                if (type == NLMSG_ERROR) {
                    check(request, body, flags);
                    return whole;
                }
                if (type == NLMSG_DONE) {
                    return whole;
                }
                answers.add(copy(body));
            }
        }
    }

    private int receive(NetlinkRequest request) throws IOException {
        while (true) {
            long count = received();
            if (count >= 0) {
                return (int) count;
            }
            if (Native.getLastError() != Errno.EINTR) {
                checked(count, "netlink recv", request.doing());
            }
        }
    }

    private long received() {
        byte[][] copy = {new byte[0]};
        return CallLog.call(
                "recvfrom",
                () -> {
                    long count = SocketCalls.recv(fd, buffer, buffer.length, 0);
                    copy[0] = Arrays.copyOf(buffer, (int) Math.max(0, count));
                    return count;
                },
                me(),
                Argument.text(() -> new RouteMessage(copy[0]).shown()),
                Argument.number(buffer.length),
                Argument.number(0),
                Argument.none(),
                Argument.none());
    }

    private Argument me() {
        return Argument.flags(fd, fd + "<NETLINK_ROUTE>");
    }

    private static void check(NetlinkRequest request, ByteBuffer body, int flags) throws NetlinkException {
        int errno = -body.getInt();
        if (errno == 0) {
            return;
        }
        String said = "";
        // struct nlmsgerr: the error, the request's header (and its body unless capped), then attributes.
        int attributes = Integer.BYTES + NetlinkRequest.HEADER_BYTES;
        if ((flags & NLM_F_ACK_TLVS) != 0 && (flags & NLM_F_CAPPED) != 0 && body.limit() > attributes) {
            said = new NetlinkAttributes(body.position(attributes)).text(NLMSGERR_ATTR_MSG);
        }
        throw new NetlinkException(request.doing(), errno, said);
    }

    private void set(int level, int option, byte[] value) throws IOException {
        long result = CallLog.call(
                "setsockopt",
                () -> SocketCalls.setsockopt(fd, level, option, value, value.length),
                me(),
                Argument.flags(level, level == SocketCalls.SOL_NETLINK ? "SOL_NETLINK" : "SOL_SOCKET"),
                Argument.flags(option, SocketCalls.optionName(option)),
                Argument.flags(0, "[" + value[0] + "]"),
                Argument.number(value.length));
        checked(result, "setsockopt", "netlink socket");
    }

    private static byte[] option(int bytes, long value) {
        ByteBuffer made = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
        return bytes == Integer.BYTES
                ? made.putInt((int) value).array()
                : made.putLong(value).array();
    }

    private static ByteBuffer copy(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
