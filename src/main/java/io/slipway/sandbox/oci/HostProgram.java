package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a container's namespaces hold beside mounts: names, kernel parameters, the loopback device. */
final class HostProgram {
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int IFREQ_BYTES = 40;
    private static final int UP_RUNNING = 0x1 | 0x40;
    private static final int O_WRONLY_CLOEXEC = 1 | 02000000;
    private static final int RESOLVE_BENEATH_NO_LINKS = 0x01 | 0x02 | 0x04 | 0x08;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int SAFE = 2 | 4 | 8;
    private final RootCalls calls;

    HostProgram(RootCalls calls) {
        this.calls = calls;
    }

    void name(SyscallNumber call, String name) {
        calls.call(call, Argument.text(name), Argument.number(MountProgram.bytes(name)));
    }

    /** In a network namespace of its own; it is down at first. */
    void raiseLoopback() {
        Step socket = calls.call(
                SyscallNumber.SOCKET,
                Argument.flags(2, "AF_INET"),
                Argument.flags(2 | 02000000, "SOCK_DGRAM|SOCK_CLOEXEC"),
                Argument.number(0));
        byte[] request = ByteBuffer.allocate(IFREQ_BYTES)
                .order(ByteOrder.nativeOrder())
                .put((byte) 'l')
                .put((byte) 'o')
                .putShort(16, (short) UP_RUNNING)
                .array();
        calls.then(
                socket,
                0,
                SyscallNumber.IOCTL,
                Argument.resultOf("socket"),
                Argument.flags(SIOCSIFFLAGS, "SIOCSIFFLAGS"),
                Argument.bytes(request, "{ifr_name=\"lo\", ifr_flags=IFF_UP|IFF_RUNNING}"));
    }

    /** Through a procfs that nobody else sees, so that nothing of the bundle can stand in its way (CVE-2025-52881). */
    void sysctl(Map<String, String> values, Descriptor kept) {
        if (values.isEmpty()) {
            return;
        }
        calls.keep(calls.call(SyscallNumber.FSOPEN, Argument.text("proc"), Argument.flags(1, "FSOPEN_CLOEXEC")), kept);
        calls.call(
                SyscallNumber.FSCONFIG,
                Argument.descriptor(kept),
                Argument.flags(FSCONFIG_CMD_CREATE, "FSCONFIG_CMD_CREATE"),
                Argument.none(),
                Argument.none(),
                Argument.number(0));
        Step mounted = calls.call(
                SyscallNumber.FSMOUNT,
                Argument.descriptor(kept),
                Argument.flags(1, "FSMOUNT_CLOEXEC"),
                Argument.flags(SAFE, "MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV|MOUNT_ATTR_NOEXEC"));
        calls.keep(mounted, kept);
        values.forEach((name, value) -> write(kept, "sys/" + path(name), value));
    }

    /** Names are written with dots, or with slashes where a part of the name holds a dot (sysctl(8)). */
    private static String path(String name) {
        int slash = name.indexOf('/');
        int dot = name.indexOf('.');
        if (slash >= 0 && (dot < 0 || slash < dot)) {
            return name;
        }
        return name.replace('.', '\0').replace('/', '.').replace('\0', '/');
    }

    private void write(Descriptor procfs, String path, String value) {
        byte[] how = ByteBuffer.allocate(24)
                .order(ByteOrder.nativeOrder())
                .putLong(O_WRONLY_CLOEXEC)
                .putLong(0)
                .putLong(RESOLVE_BENEATH_NO_LINKS)
                .array();
        Step opened = calls.call(
                SyscallNumber.OPENAT2,
                Argument.descriptor(procfs),
                Argument.text(path),
                Argument.bytes(how, "{O_WRONLY|O_CLOEXEC, RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS|RESOLVE_NO_XDEV}"),
                Argument.number(how.length));
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        calls.then(
                opened,
                0,
                SyscallNumber.WRITE,
                Argument.resultOf(path),
                Argument.bytes(bytes, '"' + value + '"'),
                Argument.number(bytes.length));
    }
}
