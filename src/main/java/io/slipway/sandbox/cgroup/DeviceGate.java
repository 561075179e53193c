package io.slipway.sandbox.cgroup;

import io.slipway.linux.Bpf;
import io.slipway.linux.CallLog;
import io.slipway.linux.Descriptor;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the groups below a directory of version 2 from device files, by programs; may be used by several threads. */
public final class DeviceGate {
    private @Nullable Boolean available;

    /** Whether the kernel takes such programs from us; asked once. */
    synchronized boolean available() {
        if (CallLog.planning()) {
            // Nothing is asked then, so nothing learnt.
            return available == null || available;
        }
        if (available == null) {
            try {
                Bpf.loadDeviceProgram(DeviceProgram.of(DeviceList.of(List.of())))
                        .close();
                available = true;
            } catch (SyscallException e) {
                // Built without CONFIG_CGROUP_BPF, or without CAP_BPF: in a container of somebody else's.
                available = false;
            }
        }
        return available;
    }

    /** From now on, for this group and all below it that have no program of their own. */
    public void guard(Path group, List<DeviceRule> rules) throws SyscallException {
        try (Descriptor program = Bpf.loadDeviceProgram(DeviceProgram.of(DeviceList.of(rules)));
                Descriptor directory = Syscalls.open(group, Syscalls.O_RDONLY | Syscalls.O_DIRECTORY, 0)) {
            Bpf.attachDeviceProgram(program, directory);
        }
    }
}
