package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Device files of a container: made where that is allowed, else shown from the host (config-linux.md, "Devices"). */
final class DeviceNodes {
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int O_RDWR_NOCTTY_CLOEXEC = 2 | 0400 | 02000000;
    /** Links that every container has (config-linux.md, "Dev symbolic links"). */
    private static final List<String[]> LINKS = List.of(
            new String[] {"/dev/fd", "/proc/self/fd"},
            new String[] {"/dev/stdin", "/proc/self/fd/0"},
            new String[] {"/dev/stdout", "/proc/self/fd/1"},
            new String[] {"/dev/stderr", "/proc/self/fd/2"},
            new String[] {"/dev/ptmx", "pts/ptmx"});

    private final RootCalls calls;

    DeviceNodes(RootCalls calls) {
        this.calls = calls;
    }

    /** @param shown those of the host that take the place of a node of their own, by path */
    void make(List<DeviceConfig> devices, Map<String, Descriptor> shown) {
        for (DeviceConfig device : devices) {
            Descriptor host = shown.get(device.path());
            if (host == null) {
                node(device);
            } else {
                calls.makeFile(device.path());
                calls.place(Argument.descriptor(host), device.path());
            }
        }
    }

    /** What lies there already and is no such device would be found out: the call then fails with EEXIST. */
    private void node(DeviceConfig device) {
        calls.makeDirectories(RootCalls.parent(device.path()));
        calls.then(
                        calls.openParent(device.path()),
                        0,
                        SyscallNumber.MKNODAT,
                        Argument.resultOf(RootCalls.parent(device.path())),
                        Argument.text(RootCalls.name(device.path())),
                        Argument.octal(device.fileMode()),
                        Argument.flags(device.number(), device.major() + ":" + device.minor()))
                .means((errno, result) -> errno == Errno.EEXIST
                        ? Optional.of(
                                "the device " + device.path() + " cannot be made, as there is something at that path:"
                                        + " of the root file system, of a mount, or another one of linux.devices; remove one")
                        : Optional.empty());
        if (device.uid() != 0 || device.gid() != 0) {
            calls.then(
                    calls.openParent(device.path()),
                    0,
                    SyscallNumber.FCHOWNAT,
                    Argument.resultOf(RootCalls.parent(device.path())),
                    Argument.text(RootCalls.name(device.path())),
                    Argument.number(device.uid()),
                    Argument.number(device.gid()),
                    Argument.flags(AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"));
        }
    }

    void link() {
        for (String[] link : LINKS) {
            calls.then(
                            calls.openParent(link[0]),
                            1,
                            SyscallNumber.SYMLINKAT,
                            Argument.text(link[1]),
                            Argument.resultOf("/dev"),
                            Argument.text(RootCalls.name(link[0])))
                    .mayFail();
        }
    }

    /**
     * A terminal of the container's own devpts; its other end is also /dev/console. The end is asked of the master itself, as a path could have come to
     * mean another file (CVE-2025-52565).
     */
    void terminal(Descriptor master, Descriptor slave, ProcessConfig process) {
        calls.keep(calls.open("/dev/pts/ptmx", RootCalls.O_RDWR_NOCTTY), master);
        calls.call(
                SyscallNumber.IOCTL,
                Argument.descriptor(master),
                Argument.flags(TIOCSPTLCK, "TIOCSPTLCK"),
                Argument.bytes(new byte[4], "{0}"));
        calls.keep(
                calls.call(
                        SyscallNumber.IOCTL,
                        Argument.descriptor(master),
                        Argument.flags(TIOCGPTPEER, "TIOCGPTPEER"),
                        Argument.flags(O_RDWR_NOCTTY_CLOEXEC, "O_RDWR|O_NOCTTY|O_CLOEXEC")),
                slave);
        process.consoleSize()
                .ifPresent(size -> calls.call(
                        SyscallNumber.IOCTL,
                        Argument.descriptor(master),
                        Argument.flags(TIOCSWINSZ, "TIOCSWINSZ"),
                        Argument.bytes(
                                ByteBuffer.allocate(8)
                                        .order(ByteOrder.nativeOrder())
                                        .putShort((short) size.height())
                                        .putShort((short) size.width())
                                        .array(),
                                "{" + size.height() + ", " + size.width() + "}")));
    }

    void console(Descriptor slave) {
        calls.makeFile("/dev/console");
        Step copied = calls.call(
                SyscallNumber.OPEN_TREE,
                Argument.descriptor(slave),
                Argument.text(""),
                Argument.flags(1 | 02000000 | 0x1000, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH"));
        Step placed = calls.place(Argument.resultOf("terminal"), "/dev/console");
        copied.resultTo(placed.index(), 0);
    }
}
