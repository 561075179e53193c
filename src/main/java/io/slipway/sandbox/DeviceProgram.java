package io.slipway.sandbox;

import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallProgram.Step;
import java.util.List;

/** A container's /dev: the six devices that harm nobody, taken from the host's as no user namespace may make any, and terminals of its own. */
final class DeviceProgram {
    private static final List<String> DEVICES = List.of("null", "zero", "full", "random", "urandom", "tty");
    private static final int SAFE = Calls.MS_NOSUID | Calls.MS_NODEV | Calls.MS_NOEXEC;

    private final Calls calls;

    DeviceProgram(Calls calls) {
        this.calls = calls;
    }

    /** While the host's /dev is still in sight. */
    List<Step> take() {
        calls.purpose(Purpose.DEVICES);
        return DEVICES.stream().map(name -> calls.take("/dev/" + name)).toList();
    }

    /** @param taken by {@link #take} */
    void mount(List<Step> taken) {
        calls.purpose(Purpose.DEVICES);
        calls.mount("tmpfs", "/dev", "tmpfs", Calls.MS_NOSUID, "mode=755,size=64k");
        for (int i = 0; i < DEVICES.size(); i++) {
            String path = "/dev/" + DEVICES.get(i);
            calls.makeFile(path);
            calls.place(taken.get(i), path, path);
        }
        link();
        calls.makeDirectory("/dev/pts", 0755);
        calls.mount(
                "devpts",
                "/dev/pts",
                "devpts",
                Calls.MS_NOSUID | Calls.MS_NOEXEC,
                "newinstance,ptmxmode=0666,mode=0620,gid=5");
        calls.makeDirectory("/dev/shm", 0755);
        calls.mount("shm", "/dev/shm", "tmpfs", SAFE, "mode=1777,size=65536k");
        calls.makeDirectory("/dev/mqueue", 0755);
        calls.mount("mqueue", "/dev/mqueue", "mqueue", SAFE, "").mayFail();
    }

    private void link() {
        calls.link("/proc/self/fd", "/dev/fd");
        calls.link("/proc/self/fd/0", "/dev/stdin");
        calls.link("/proc/self/fd/1", "/dev/stdout");
        calls.link("/proc/self/fd/2", "/dev/stderr");
        calls.link("pts/ptmx", "/dev/ptmx");
    }
}
