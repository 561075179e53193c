package io.slipway.linux.netlink;

import static io.slipway.linux.netlink.SocketCalls.checked;

import com.sun.jna.Native;
import io.slipway.linux.Argument;
import io.slipway.linux.CallLog;
import io.slipway.linux.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A netlink socket. It belongs to the network namespace in which it was made, whatever thread uses it. One exchange at a time; each waits for the
 * kernel's answer.
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long TIMEOUT_SECONDS = 5;
    private static final int DUMP_TRIES = 10;

    private final NetlinkProtocol protocol;
    private final int fd;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    // In the namespace of a process that is only planned: there is nobody to ask.
    private final boolean planned = CallLog.planning();
    private int sequence;
    private boolean closed;

    private NetlinkSocket(NetlinkProtocol protocol, int fd) {
        this.protocol = protocol;
        this.fd = fd;
    }

    /** In the calling thread's network namespace. */
    public static NetlinkSocket open(NetlinkProtocol protocol) throws IOException {
        long fd = CallLog.call(
                "socket",
                () -> SocketCalls.socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW_CLOEXEC, protocol.number()),
                Argument.flags(SocketCalls.AF_NETLINK, "AF_NETLINK"),
                Argument.flags(SocketCalls.SOCK_RAW_CLOEXEC, "SOCK_RAW|SOCK_CLOEXEC"),
                Argument.flags(protocol.number(), protocol.text()));
        checked(fd, "socket", protocol.text());
        NetlinkSocket socket = new NetlinkSocket(protocol, (int) fd);
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
    public void perform(NetlinkRequest request) throws IOException {
        perform(List.of(request));
    }

    /**
     * Sends all at once and waits for 'done'.
     *
     * @throws NetlinkException of the first that the kernel refuses; whether it goes on with the others then depends on the protocol
     */
    public synchronized void perform(List<NetlinkRequest> requests) throws IOException {
        exchange(requests);
    }

    /** Sends and collects the answers, each from behind its header on; none from a namespace that is only planned. */
    public synchronized List<ByteBuffer> ask(NetlinkRequest request) throws IOException {
        for (int i = 0; i < DUMP_TRIES; i++) {
            NetlinkExchange exchange = reading(() -> exchange(List.of(request)));
            if (exchange.whole()) {
                return exchange.answers();
            }
        }
        throw new IOException(
                request.doing() + ": the kernel's list changed " + DUMP_TRIES + " times while it was read");
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            reading(() -> CallLog.call("close", () -> SocketCalls.close(fd), me()));
        }
    }

    private <T, X extends Throwable> T reading(ScopedValue.CallableOp<? extends T, X> work) throws X {
        return planned ? work.call() : CallLog.reading(work);
    }

    private NetlinkExchange exchange(List<NetlinkRequest> requests) throws IOException {
        NetlinkExchange exchange = new NetlinkExchange(requests, sequence + 1);
        sequence += requests.size();
        byte[] message = exchange.bytes();
        long sent = CallLog.call(
                "sendto",
                () -> SocketCalls.send(fd, message, message.length, 0),
                me(),
                protocol.message(message),
                Argument.number(message.length),
                Argument.number(0),
                Argument.none(),
                Argument.number(0));
        checked(sent, "netlink send", exchange.doing());
        if (!CallLog.planning()) {
            int count;
            do {
                count = receive(exchange);
            } while (!exchange.take(ByteBuffer.wrap(buffer, 0, count).order(ByteOrder.nativeOrder())));
        }
        exchange.check();
        return exchange;
    }

    private int receive(NetlinkExchange exchange) throws IOException {
        while (true) {
            long count = received();
            if (count >= 0) {
                return (int) count;
            }
            if (Native.getLastError() != Errno.EINTR) {
                checked(count, "netlink recv", exchange.doing());
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
                Argument.text(() -> protocol.shown(copy[0])),
                Argument.number(buffer.length),
                Argument.number(0),
                Argument.none(),
                Argument.none());
    }

    private Argument me() {
        return Argument.flags(fd, (planned ? "" : fd) + "<" + protocol.text() + ">");
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
}
