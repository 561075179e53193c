package io.slipway.sandbox;

import io.slipway.linux.Errno;
import io.slipway.linux.ResourceLimits;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;

/** What a child cannot give itself, as only the host's root may; given while it waits. */
final class Grants {
    private static final int SCORE_BYTES = 16;

    private Grants() {}

    static void give(Privileges privileges, int pid) throws IOException {
        for (ResourceLimit limit : privileges.resourceLimits()) {
            raise(limit, pid);
        }
        protect(privileges.oomScoreAdj().orElse(0), pid);
    }

    private static void raise(ResourceLimit limit, int pid) throws IOException {
        try {
            ResourceLimits.raise(pid, limit.number(), limit.constant(), limit.hard());
        } catch (SyscallException e) {
            throw new IOException(
                    "a " + limit.name() + " limit " + limit.hard()
                            + " is above the runtime's own, which it may not raise; "
                            + "ask for less, or start the runtime with a higher one or with CAP_SYS_RESOURCE ("
                            + e.getMessage()
                            + ")",
                    e);
        }
    }

    /**
     * The agent is kept from the OOM killer, and a child inherits that. The child shares the agent's memory, and with it a score that is changed; but
     * not while its parent waits in vfork (kernel: fs/proc/base.c, __set_oom_adj), which is how it was made.
     */
    private static void protect(int score, int pid) throws IOException {
        String own =
                Syscalls.read(Path.of("/proc/self/oom_score_adj"), SCORE_BYTES).strip();
        String wanted = Integer.toString(score);
        if (own.equals(wanted)) {
            return;
        }
        try {
            Syscalls.writeFile(Path.of("/proc/" + pid + "/oom_score_adj"), wanted);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EACCES) {
                throw e;
            }
            throw new IOException(
                    "an oom score adjustment of " + wanted + " is below what the runtime may give, whose own is " + own
                            + "; ask for " + own + " or more, or start the runtime with CAP_SYS_RESOURCE in the host's"
                            + " user namespace (" + e.getMessage() + ")",
                    e);
        }
    }
}
