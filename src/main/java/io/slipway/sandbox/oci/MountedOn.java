package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which file system a mount was made on: of what it was mounted on itself, so that no link which an earlier mount has brought, and no change meanwhile, leads
 * below {@code /proc} unseen. Looked up while the child still waits: a container with such a mount never runs.
 */
record MountedOn(MountConfig mount, Step looked) {
    /** PROC_SUPER_MAGIC (include/uapi/linux/magic.h). */
    private static final long PROC = 0x9fa0;

    /** struct statfs, whose first word is the kind (statfs(2)). */
    private static final int STATFS_BYTES = 120;

    /** Of the working directory, which is mounted on next. */
    static MountedOn here(MountConfig mount, RootCalls calls) {
        return new MountedOn(mount, calls.call(SyscallNumber.STATFS, Argument.text("."), result()));
    }

    /** Of a descriptor that is mounted on next. */
    static MountedOn at(MountConfig mount, Descriptor place, RootCalls calls) {
        return new MountedOn(mount, calls.call(SyscallNumber.FSTATFS, Argument.descriptor(place), result()));
    }

    private static Argument result() {
        return Argument.bytes(new byte[STATFS_BYTES], "<kind>");
    }

    void check(Spawn.Waiting child) throws OciException {
        byte[] kind = child.written(looked, 1, Long.BYTES);
        if (ByteBuffer.wrap(kind).order(ByteOrder.nativeOrder()).getLong() == PROC) {
            throw new OciException(mount.path() + ".destination is \"" + mount.destination()
                    + "\", which a link of an earlier mount leads to a proc file system; " + ProcMounts.fix());
        }
    }
}
