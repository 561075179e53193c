package io.slipway.sandbox;

import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.cgroup.Cgroup;
import java.nio.file.Path;

/** Takes from a container the agent's protection from the OOM killer of the host, which its processes inherited. */
final class OomScore {
    private static final int READ_BYTES = 16;

    private OomScore() {}

    /** Only after its exec: until then its memory, and with it the score, is the agent's own. */
    static void reset(Cgroup cgroup) throws SyscallException {
        if (Syscalls.read(Path.of("/proc/self/oom_score_adj"), READ_BYTES)
                .strip()
                .equals("0")) {
            return;
        }
        for (int pid : cgroup.processes()) {
            try {
                Syscalls.writeFile(Path.of("/proc/" + pid + "/oom_score_adj"), "0");
            } catch (SyscallException e) {
                // It has ended.
                continue;
            }
        }
    }
}
