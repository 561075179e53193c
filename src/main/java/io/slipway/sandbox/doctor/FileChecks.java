package io.slipway.sandbox.doctor;

import io.slipway.linux.Argument;
import io.slipway.linux.CallResult;
import io.slipway.linux.Errno;
import io.slipway.linux.KernelProbe;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.sandbox.doctor.Doctor.Check;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** File systems, mounted by a child in a mount namespace that ends with it. */
final class FileChecks {
    private static final String AREA = "files";
    /** Covered by a tmpfs in the child's own view: a directory that every host has. */
    private static final String STAGE = "/dev";

    private static final long MS_REC_PRIVATE = 16384 | 1 << 18;
    private static final long SAFE = 2 | 4 | 8;
    private static final long OWN = Spawn.NEWNS | Spawn.NEWPID | Spawn.NEWNET | Spawn.NEWUTS | Spawn.NEWIPC;

    private FileChecks() {}

    static List<Check> all(Doctor.Host host, Path dataDirectory) {
        return List.of(
                Check.of(AREA, "in a user namespace", () -> inUserNamespace(host)),
                Check.of(AREA, "overlay", () -> List.of(overlay(host))),
                Check.of(AREA, "id-mapped mounts", () -> List.of(idMapped(host, HostChecks.existing(dataDirectory)))),
                Check.of(AREA, "journal", () -> journal(HostChecks.existing(dataDirectory))),
                Check.of(AREA, "devices", () -> List.of(devices())));
    }

    private static List<Finding> inUserNamespace(Doctor.Host host) throws IOException {
        try (Trial trial = new Trial(OWN | Spawn.NEWUSER)) {
            become(trial);
            stage(trial);
            trial.mount("overlay", STAGE + "/root", "overlay", 0, options() + ",userxattr");
            trial.mkdir(STAGE + "/proc").mount("proc", STAGE + "/proc", "proc", SAFE, "");
            trial.mkdir(STAGE + "/sys").mount("sysfs", STAGE + "/sys", "sysfs", SAFE | 1, "");
            trial.mkdir(STAGE + "/pts").mount("devpts", STAGE + "/pts", "devpts", 2 | 8, "newinstance,ptmxmode=0666");
            trial.mkdir(STAGE + "/mq").mount("mqueue", STAGE + "/mq", "mqueue", SAFE, "");
            List<CallResult> calls = trial.runMapped(host.root(), host.uid(), host.gid(), child -> {});
            if (calls.getFirst().failed()) {
                return List.of(Finding.unknown(AREA, "in a user namespace", "there is none to try it in"));
            }
            return judge(calls);
        }
    }

    private static List<Finding> judge(List<CallResult> calls) {
        List<Finding> findings = new ArrayList<>();
        findings.add(mounted(
                calls,
                "overlay",
                "overlay in a user namespace",
                "containers run only without a user namespace",
                "Linux 5.11 or newer; modprobe overlay"));
        findings.add(mounted(
                calls,
                "proc",
                "/proc in a user namespace",
                "containers run only without a user namespace",
                hidden("/proc")));
        findings.add(
                mounted(calls, "sysfs", "/sys in a user namespace", "containers have an empty /sys", hidden("/sys")));
        findings.add(mounted(
                calls,
                "devpts",
                "terminals (devpts)",
                "containers have no terminals",
                "a kernel with CONFIG_UNIX98_PTYS"));
        findings.add(mounted(
                calls,
                "mqueue",
                "message queues (mqueue)",
                "containers have no POSIX message queues",
                "a kernel with CONFIG_POSIX_MQUEUE"));
        return findings;
    }

    /** Mounts over parts of the host's /proc or /sys keep the kernel from giving a user namespace a whole one. */
    private static String hidden(String top) {
        List<String> over = Doctor.text("/proc/self/mountinfo")
                .lines()
                .map(line -> line.split(" ")[4])
                .filter(point -> point.startsWith(top + "/"))
                .toList();
        return over.isEmpty()
                ? "mount a whole " + top + ", without hidepid, in the namespace that Slipway runs in"
                : "Slipway runs where parts of " + top + " are covered (" + String.join(", ", over)
                        + "): unmount them, or start it where they are not, e.g. outside a container";
    }

    private static Finding overlay(Doctor.Host host) throws IOException {
        if (!host.root()) {
            return Finding.unknown(AREA, "overlay", "only root may mount without a user namespace");
        }
        try (Trial trial = new Trial(OWN)) {
            trial.mount("none", "/", "", MS_REC_PRIVATE, "");
            stage(trial);
            trial.mount("overlay", STAGE + "/root", "overlay", 0, options());
            return mounted(
                    trial.run(child -> {}),
                    "overlay",
                    "overlay",
                    "no container can be run",
                    "modprobe overlay, or a kernel with CONFIG_OVERLAY_FS");
        }
    }

    private static void become(Trial trial) {
        trial.call(SyscallNumber.SETRESGID, Argument.number(0), Argument.number(0), Argument.number(0));
        trial.call(SyscallNumber.SETRESUID, Argument.number(0), Argument.number(0), Argument.number(0));
    }

    private static void stage(Trial trial) {
        trial.mount("tmpfs", STAGE, "tmpfs", 2 | 4, "mode=755");
        for (String name : List.of("root", "lower", "upper", "work")) {
            trial.mkdir(STAGE + "/" + name);
        }
    }

    private static String options() {
        return "lowerdir=" + STAGE + "/lower,upperdir=" + STAGE + "/upper,workdir=" + STAGE + "/work,volatile";
    }

    private static Finding mounted(List<CallResult> calls, String type, String subject, String off, String mend) {
        Optional<CallResult> mount = calls.stream()
                .filter(call ->
                        call.call().equals("mount") && call.arguments().get(2).equals("\"" + type + "\""))
                .findFirst();
        if (mount.isPresent() && !mount.get().failed()) {
            return Finding.good(AREA, subject, "mounted");
        }
        String found =
                mount.map(m -> "mount: " + Errno.describe((int) -m.result())).orElse("not reached");
        return Finding.limited(AREA, subject, found, off, mend);
    }

    private static Finding idMapped(Doctor.Host host, Path parent) throws IOException {
        if (!host.root()) {
            return Finding.unknown(AREA, "id-mapped mounts", "only root may map a mount");
        }
        Path directory = Files.createTempDirectory(parent, ".slipway-doctor-");
        try (Trial trial = new Trial(Spawn.NEWUSER)) {
            KernelProbe.Tried[] tried = new KernelProbe.Tried[1];
            trial.runMapped(true, 0, 0, child -> tried[0] = KernelProbe.idMappedMount(directory, child.pid()));
            if (tried[0] == null) {
                return Finding.unknown(AREA, "id-mapped mounts", "there is no user namespace to map by");
            }
            return tried[0].done()
                    ? Finding.good(
                            AREA,
                            "id-mapped mounts",
                            "of " + Files.getFileStore(directory).type())
                    : Finding.missing(
                            AREA,
                            "id-mapped mounts",
                            "mount_setattr on " + parent + ": " + tried[0].text(),
                            "Linux 5.19 or newer, and with --data a directory on a file system that has them, e.g. ext4, xfs or btrfs");
        } finally {
            Files.delete(directory);
        }
    }

    /** Of an ext4: without one, making a file looks at each inode that was deleted in the last minutes. */
    private static List<Finding> journal(Path directory) throws IOException {
        if (!Files.getFileStore(directory).type().equals("ext4")) {
            return List.of();
        }
        long device = (Long) Files.getAttribute(directory, "unix:dev");
        long major = device >>> 8 & 0xfff | device >>> 32 & ~0xfffL;
        long minor = device & 0xff | device >>> 12 & ~0xffL;
        String name = Path.of("/sys/dev/block/" + major + ":" + minor)
                .toRealPath()
                .getFileName()
                .toString();
        Path disk = Path.of("/dev/" + name);
        if (!Files.isReadable(disk)) {
            return List.of(Finding.unknown(AREA, "journal", "only root may read " + disk));
        }
        return List.of(
                hasJournal(disk)
                        ? Finding.good(AREA, "journal", "ext4 on " + disk + " has one")
                        : Finding.limited(
                                AREA,
                                "journal",
                                "ext4 on " + disk + " has none",
                                "each container takes longer to start the more were removed in the last minutes",
                                "a data directory (--data) on a file system with a journal, or tune2fs -O has_journal "
                                        + disk + " while it is not mounted"));
    }

    /** By the superblock: Linux's Documentation/filesystems/ext4/super.rst, s_magic and s_feature_compat. */
    private static boolean hasJournal(Path disk) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.READ)) {
            channel.read(block, 1024);
        }
        if (block.getShort(0x38) != (short) 0xEF53) {
            throw new IOException("there is no superblock of ext4 on " + disk);
        }
        return (block.getInt(0x5C) & 4) != 0;
    }

    private static Finding devices() {
        List<String> lacking = List.of("null", "zero", "full", "random", "urandom", "tty").stream()
                .map(name -> "/dev/" + name)
                .filter(path -> !Files.exists(Path.of(path)))
                .toList();
        return lacking.isEmpty()
                ? Finding.good(AREA, "devices", "the six that containers get")
                : Finding.missing(
                        AREA, "devices", "there is no " + String.join(", ", lacking), "mount devtmpfs on /dev");
    }
}
