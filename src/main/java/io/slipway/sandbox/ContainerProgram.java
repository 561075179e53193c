package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The program of a container's first process, from clone3 to exec. Its working directory is the sandbox's {@code fs}. */
final class ContainerProgram {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    /** Covered in the child's own view once the devices are taken from it: a directory that every host has and everyone may enter. */
    private static final String STAGE = "/dev";

    private static final String ETC_LAYER = STAGE + "/etc";
    private static final List<String> DEVICES = List.of("null", "zero", "full", "random", "urandom", "tty");
    private static final int SIG_SETMASK = 2;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int STATUS = 3;
    private static final int PID_ONE = 4;
    private static final int FIRST_CLOSED = 5;

    private final SandboxSpec spec;
    private final Accounts.User user;
    private final ChildFiles files;
    private final SyscallProgram program = new SyscallProgram();
    private final Calls calls = new Calls(program);
    private final Step hosts;

    ContainerProgram(SandboxSpec spec, Accounts.User user, ChildFiles files) {
        this.spec = spec;
        this.user = user;
        this.files = files;
        // Its own copy of the write end would keep a read from seeing the parent's death.
        program.call(SyscallNumber.CLOSE, Argument.descriptor(files.releaseWrite()));
        Step mapped = waitForParent("mapped");
        joinGroups();
        startAfresh();
        calls.privateMounts();
        List<Step> devices =
                DEVICES.stream().map(name -> calls.take("/dev/" + name)).toList();
        hosts = mountRoot();
        mountKernelFiles();
        mountVolumes();
        mountDevices(devices);
        hideKernelFiles();
        if (!spec.network()) {
            raiseLoopback();
        }
        calls.makeDirectories(spec.workingDirectory());
        calls.changeDirectory(spec.workingDirectory());
        // The parent writes the record meanwhile; without one nothing of the image may run.
        Step recorded = waitForParent("recorded");
        dropPrivileges();
        arrangeDescriptors();
        execute();
        // At the parent's death it ends as if the program had come to its end.
        mapped.jumpIfZero(program.next());
        recorded.jumpIfZero(program.next());
    }

    SyscallProgram program() {
        return program;
    }

    /** The write of /etc/hosts, whose content may still change while the child waits. */
    Step hosts() {
        return hosts;
    }

    long namespaces() {
        long flags = Spawn.NEWNS | Spawn.NEWPID | Spawn.NEWNET | Spawn.NEWUTS | Spawn.NEWIPC;
        return spec.userNamespace().isPresent() ? flags | Spawn.NEWUSER : flags;
    }

    private Step waitForParent(String what) {
        return program.call(
                SyscallNumber.READ,
                Argument.descriptor(files.releaseRead()),
                Argument.bytes(new byte[1], what),
                Argument.number(1));
    }

    private void joinGroups() {
        // Before the ids change: its quota is then that of the host's root, not one shared by all containers.
        program.call(
                SyscallNumber.KEYCTL,
                Argument.flags(KEYCTL_JOIN_SESSION_KEYRING, "KEYCTL_JOIN_SESSION_KEYRING"),
                Argument.none());
        if (spec.userNamespace().isPresent()) {
            calls.identity(0, 0, List.of());
        }
        for (Descriptor join : files.joinFiles()) {
            program.call(
                    SyscallNumber.WRITE,
                    Argument.descriptor(join),
                    Argument.bytes(new byte[] {'0'}, "\"0\""),
                    Argument.number(1));
        }
        program.call(SyscallNumber.UNSHARE, Argument.flags(Spawn.NEWCGROUP, "CLONE_NEWCGROUP"));
    }

    private void startAfresh() {
        program.call(SyscallNumber.SETSID);
        program.call(SyscallNumber.UMASK, Argument.octal(022));
        for (Map.Entry<String, Integer> signal :
                new TreeMap<>(Map.of("SIGHUP", 1, "SIGINT", 2, "SIGQUIT", 3, "SIGPIPE", 13)).entrySet()) {
            // Ignored ones stay ignored through CLONE_CLEAR_SIGHAND and exec (nohup, background jobs).
            program.call(
                    SyscallNumber.RT_SIGACTION,
                    Argument.flags(signal.getValue(), signal.getKey()),
                    Argument.bytes(new byte[32], "{SIG_DFL}"),
                    Argument.none(),
                    Argument.number(8));
        }
        limit(4, "RLIMIT_CORE", 0, 0);
        limit(7, "RLIMIT_NOFILE", 65_536, 65_536);
        limit(3, "RLIMIT_STACK", 8 << 20, -1);
    }

    private void limit(int resource, String name, long soft, long hard) {
        byte[] limit = ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putLong(soft)
                .putLong(hard)
                .array();
        // A hard limit above the agent's own is refused within a user namespace; then the agent's stays.
        program.call(
                        SyscallNumber.PRLIMIT64,
                        Argument.number(0),
                        Argument.flags(resource, name),
                        Argument.bytes(limit, "{" + soft + ", " + (hard < 0 ? "infinity" : hard) + "}"),
                        Argument.none())
                .mayFail();
    }

    private Step mountRoot() {
        // Places to mount on, and three small files, in memory: on a disk each would cost more than a mount.
        calls.mount("tmpfs", STAGE, "tmpfs", Calls.MS_NOSUID | Calls.MS_NODEV, "mode=755");
        List<String> lower = new ArrayList<>();
        for (int i = 0; i < files.layers().size(); i++) {
            String place = STAGE + "/" + i;
            calls.makeDirectory(place, 0755);
            calls.move(files.layers().get(i), place);
            lower.addFirst(place);
        }
        for (String directory : List.of("upper", "work", STAGE + "/root", ETC_LAYER, ETC_LAYER + "/etc")) {
            calls.makeDirectory(directory, 0755);
        }
        // As a layer: no mounts to be made over whatever the image has there.
        text(ETC_LAYER + "/etc/hostname", spec.hostname() + "\n");
        text(ETC_LAYER + "/etc/resolv.conf", files.resolvConf());
        Step written = text(ETC_LAYER + "/etc/hosts", EtcFiles.hosts(spec.hostname(), "127.0.1.1"));
        lower.addFirst(ETC_LAYER);
        String options = "lowerdir=" + String.join(":", lower) + ",upperdir=upper,workdir=work";
        String userxattr = spec.userNamespace().isPresent() ? ",userxattr" : "";
        calls.mount("overlay", STAGE + "/root", "overlay", 0, options + userxattr);
        return written;
    }

    private Step text(String path, String content) {
        return calls.writeFile(path, content.getBytes(StandardCharsets.UTF_8), "content");
    }

    private void mountVolumes() {
        for (int i = 0; i < spec.mounts().size(); i++) {
            BindMount mount = spec.mounts().get(i);
            if (Files.isDirectory(mount.source())) {
                calls.makeDirectories(mount.target());
            } else {
                calls.makeDirectories(mount.target().substring(0, mount.target().lastIndexOf('/')));
                calls.makeFile(mount.target()).mayFail();
            }
            calls.move(files.volumes().get(i), mount.target());
            calls.restrict(mount.target(), mount.readOnly());
        }
    }

    private void mountKernelFiles() {
        calls.enterRoot(STAGE + "/root");
        for (String directory : List.of("/proc", "/sys", "/dev")) {
            calls.makeDirectory(directory, 0755).mayFail();
        }
        int safe = Calls.MS_NOSUID | Calls.MS_NODEV | Calls.MS_NOEXEC;
        // While the host's are still in sight: in a user namespace the kernel gives only as much as was seen before.
        calls.mount("proc", "/proc", "proc", safe, "");
        // Refused in a user namespace where the host's own /sys is partly hidden; then there is none.
        calls.mount("sysfs", "/sys", "sysfs", safe | Calls.MS_RDONLY, "").mayFail();
        calls.leaveHostRoot();
    }

    private void mountDevices(List<Step> devices) {
        calls.mount("tmpfs", "/dev", "tmpfs", Calls.MS_NOSUID, "mode=755,size=64k");
        for (int i = 0; i < DEVICES.size(); i++) {
            String path = "/dev/" + DEVICES.get(i);
            calls.makeFile(path);
            calls.place(devices.get(i), path, path);
        }
        calls.link("/proc/self/fd", "/dev/fd");
        calls.link("/proc/self/fd/0", "/dev/stdin");
        calls.link("/proc/self/fd/1", "/dev/stdout");
        calls.link("/proc/self/fd/2", "/dev/stderr");
        calls.link("pts/ptmx", "/dev/ptmx");
        int safe = Calls.MS_NOSUID | Calls.MS_NODEV | Calls.MS_NOEXEC;
        calls.makeDirectory("/dev/pts", 0755);
        calls.mount(
                "devpts",
                "/dev/pts",
                "devpts",
                Calls.MS_NOSUID | Calls.MS_NOEXEC,
                "newinstance,ptmxmode=0666,mode=0620,gid=5");
        calls.makeDirectory("/dev/shm", 0755);
        calls.mount("shm", "/dev/shm", "tmpfs", safe, "mode=1777,size=65536k");
        calls.makeDirectory("/dev/mqueue", 0755);
        calls.mount("mqueue", "/dev/mqueue", "mqueue", safe, "").mayFail();
    }

    private void hideKernelFiles() {
        for (String path : KernelFiles.READ_ONLY_PATHS) {
            calls.bind(path, path);
            calls.restrict(path, true);
        }
        for (String path : KernelFiles.MASKED_FILES) {
            calls.bind("/dev/null", path);
        }
        for (String path : KernelFiles.MASKED_DIRECTORIES) {
            // Below /sys there may be nothing to hide.
            Step mask = calls.mount("tmpfs", path, "tmpfs", Calls.MS_RDONLY, "size=0k,nr_inodes=1");
            if (path.startsWith("/sys")) {
                mask.mayFail();
            }
        }
        program.call(
                SyscallNumber.SETHOSTNAME,
                Argument.text(spec.hostname()),
                Argument.number(spec.hostname().getBytes(StandardCharsets.UTF_8).length));
    }

    private void raiseLoopback() {
        Step socket = program.call(
                SyscallNumber.SOCKET,
                Argument.flags(2, "AF_INET"),
                Argument.flags(2 | 02000000, "SOCK_DGRAM|SOCK_CLOEXEC"),
                Argument.number(0));
        int upRunning = 0x1 | 0x40;
        byte[] request = ByteBuffer.allocate(40)
                .order(ByteOrder.nativeOrder())
                .put((byte) 'l')
                .put((byte) 'o')
                .putShort(16, (short) upRunning)
                .array();
        Step raise = program.call(
                SyscallNumber.IOCTL,
                Argument.resultOf("socket"),
                Argument.flags(SIOCSIFFLAGS, "SIOCSIFFLAGS"),
                Argument.bytes(request, "{lo, IFF_UP|IFF_RUNNING}"));
        socket.resultTo(raise.index(), 0);
    }

    private void dropPrivileges() {
        for (int capability : Capabilities.dropped()) {
            // A kernel that is older than a capability refuses its number.
            calls.prctl(PR_CAPBSET_DROP, "PR_CAPBSET_DROP", capability, Capabilities.name(capability))
                    .mayFail();
        }
        calls.prctl(PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS", 1, "1");
        calls.identity(user.uid(), user.gid(), user.groups());
        boolean root = user.uid() == 0;
        program.call(
                SyscallNumber.CAPSET,
                Argument.bytes(Capabilities.header(), "{VERSION_3, 0}"),
                Argument.bytes(Capabilities.data(root), Capabilities.shown(root)));
    }

    private void arrangeDescriptors() {
        for (int i = 0; i < 3; i++) {
            program.call(
                    SyscallNumber.DUP2, Argument.descriptor(files.standard().get(i)), Argument.number(i));
        }
        program.call(
                SyscallNumber.DUP3, Argument.descriptor(files.status()), Argument.number(STATUS), Argument.number(0));
        program.call(
                SyscallNumber.DUP3,
                Argument.descriptor(files.pidOne()),
                Argument.number(PID_ONE),
                Argument.flags(02000000, "O_CLOEXEC"));
        program.call(
                SyscallNumber.CLOSE_RANGE,
                Argument.number(FIRST_CLOSED),
                Argument.flags(0xffffffffL, "~0"),
                Argument.number(0));
    }

    private void execute() {
        Map<String, String> env = new TreeMap<>(spec.env());
        env.putIfAbsent("PATH", DEFAULT_PATH);
        env.putIfAbsent("HOSTNAME", spec.hostname());
        env.putIfAbsent("HOME", user.home());
        program.call(
                SyscallNumber.RT_SIGPROCMASK,
                Argument.flags(SIG_SETMASK, "SIG_SETMASK"),
                Argument.bytes(new byte[8], "[]"),
                Argument.none(),
                Argument.number(8));
        List<String> environment = env.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .toList();
        calls.execute(
                PID_ONE, candidates(spec.argv().getFirst(), env.getOrDefault("PATH", "")), spec.argv(), environment);
    }

    private static List<String> candidates(String name, String path) {
        if (name.contains("/")) {
            return List.of(name);
        }
        List<String> candidates = new ArrayList<>();
        for (String directory : path.split(":")) {
            candidates.add(directory.isEmpty() ? "./" + name : directory + "/" + name);
        }
        return candidates;
    }
}
