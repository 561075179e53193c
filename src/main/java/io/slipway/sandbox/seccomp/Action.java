package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a call (seccomp(2), "SECCOMP_RET_*").
 *
 * @param data the errno of {@link Kind#ERRNO}, at most 4095; what a tracer is told by {@link Kind#TRACE}, at most 65535; else 0
 */
public record Action(Kind kind, int data) {
    static final int EPERM = 1;
    static final int ENOSYS = 38;
    private static final int MAX_ERRNO = 4095;
    private static final int MAX_DATA = 0xffff;

    /** In seccomp(2)'s order: of several filters' answers the first here counts. */
    public enum Kind {
        KILL_PROCESS(0x80000000, "SCMP_ACT_KILL_PROCESS"),
        KILL_THREAD(0, "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL"),
        TRAP(0x00030000, "SCMP_ACT_TRAP"),
        ERRNO(0x00050000, "SCMP_ACT_ERRNO"),
        /** A supervisor decides (seccomp_unotify(2)). */
        NOTIFY(0x7fc00000, "SCMP_ACT_NOTIFY"),
        TRACE(0x7ff00000, "SCMP_ACT_TRACE"),
        LOG(0x7ffc0000, "SCMP_ACT_LOG"),
        ALLOW(0x7fff0000, "SCMP_ACT_ALLOW");

        private final int code;
        private final List<String> oci;

        Kind(int code, String... oci) {
            this.code = code;
            this.oci = List.of(oci);
        }

        static Optional<Kind> named(String oci) {
            return Arrays.stream(values())
                    .filter(kind -> kind.oci.contains(oci))
                    .findFirst();
        }

        static List<String> names() {
            List<String> names = new ArrayList<>();
            Arrays.stream(values()).forEach(kind -> names.addAll(kind.oci));
            return names;
        }

        boolean carriesData() {
            return this == ERRNO || this == TRACE;
        }

        int dataMax() {
            return this == ERRNO ? MAX_ERRNO : MAX_DATA;
        }
    }

    static Action of(Kind kind) {
        return new Action(kind, kind.carriesData() ? EPERM : 0);
    }

    static Action errno(int errno) {
        return new Action(Kind.ERRNO, errno);
    }

    /** What a filter returns. */
    int code() {
        return kind.code | data;
    }

    /** Whether the call is made, and nobody else has a say. */
    boolean lets() {
        return kind == Kind.ALLOW || kind == Kind.LOG;
    }

    /** E.g. {@code ERRNO 1}. */
    String shown() {
        return kind.carriesData() ? kind + " " + data : kind.toString();
    }
}
