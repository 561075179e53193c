package io.slipway.linux.netlink;

import com.sun.jna.Native;
import io.slipway.linux.SyscallException;
import java.nio.charset.StandardCharsets;

/** The C library's calls for netlink sockets and network namespaces. Directly mapped. */
final class SocketCalls {
    static final int AF_NETLINK = 16;
    static final int SOCK_RAW_CLOEXEC = 3 | 02000000;
    static final int SOL_SOCKET = 1;
    static final int SO_RCVTIMEO = 20;
    static final int SOL_NETLINK = 270;
    static final int NETLINK_CAP_ACK = 10;
    static final int NETLINK_EXT_ACK = 11;
    static final int O_RDONLY_CLOEXEC = 02000000;
    static final int CLONE_NEWNET = 0x40000000;

    static {
        Native.register("c");
    }

    private SocketCalls() {}

    static native int socket(int domain, int type, int protocol);

    static native int setsockopt(int fd, int level, int option, byte[] value, int length);

    static native long send(int fd, byte[] bytes, long count, int flags);

    static native long recv(int fd, byte[] buffer, long size, int flags);

    static native int close(int fd);

    static native int open(byte[] path, int flags, int mode);

    static native int setns(int fd, int kind);

    /** @return {@code result} if it is no error */
    static long checked(long result, String call, String object) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(call, object, Native.getLastError());
        }
        return result;
    }

    static String optionName(int option) {
        return switch (option) {
            case NETLINK_CAP_ACK -> "NETLINK_CAP_ACK";
            case NETLINK_EXT_ACK -> "NETLINK_EXT_ACK";
            case SO_RCVTIMEO -> "SO_RCVTIMEO";
            default -> Integer.toString(option);
        };
    }

    static byte[] path(String path) {
        return (path + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
