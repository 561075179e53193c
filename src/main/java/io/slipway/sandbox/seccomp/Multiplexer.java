package io.slipway.sandbox.seccomp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * On x86, calls of sockets and System V IPC can also be made through {@code socketcall} and {@code ipc}, which take the call's number as first
 * argument and the rest behind a pointer (include/uapi/linux/net.h and ipc.h). A rule without conditions is applied to both ways, as by libseccomp; one with
 * conditions cannot be.
 */
final class Multiplexer {
    private static final long SOCKETCALL_MASK = 0xffffffffL;
    /** Above it lies a version. */
    private static final long IPC_MASK = 0xffff;

    private static final Map<String, Way> WAYS = ways();

    private Multiplexer() {}

    /** The second way of a call. */
    record Way(String through, Condition condition) {}

    static Optional<Way> of(Abi abi, String name) {
        return abi == Abi.X86 ? Optional.ofNullable(WAYS.get(name)) : Optional.empty();
    }

    private static Map<String, Way> ways() {
        Map<String, Way> ways = new HashMap<>();
        List<String> sockets = List.of(
                "socket",
                "bind",
                "connect",
                "listen",
                "accept",
                "getsockname",
                "getpeername",
                "socketpair",
                "send",
                "recv",
                "sendto",
                "recvfrom",
                "shutdown",
                "setsockopt",
                "getsockopt",
                "sendmsg",
                "recvmsg",
                "accept4",
                "recvmmsg",
                "sendmmsg");
        for (int i = 0; i < sockets.size(); i++) {
            ways.put(sockets.get(i), new Way("socketcall", masked(SOCKETCALL_MASK, i + 1)));
        }
        Map<String, Integer> ipc = new HashMap<>(Map.of(
                "semop",
                1,
                "semget",
                2,
                "semctl",
                3,
                "semtimedop",
                4,
                "msgsnd",
                11,
                "msgrcv",
                12,
                "msgget",
                13,
                "msgctl",
                14,
                "shmat",
                21,
                "shmdt",
                22));
        ipc.putAll(Map.of("shmget", 23, "shmctl", 24));
        ipc.forEach((name, number) -> ways.put(name, new Way("ipc", masked(IPC_MASK, number))));
        return ways;
    }

    private static Condition masked(long mask, long number) {
        return new Condition(0, Operator.MASKED_EQ, mask, number);
    }
}
