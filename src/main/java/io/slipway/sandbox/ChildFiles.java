package io.slipway.sandbox;

import io.slipway.linux.CallLog;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.cgroup.Cgroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Descriptors that the agent opens for a child, with rights that the child does not have; closed once it has exec'd. */
final class ChildFiles implements AutoCloseable {
    private final List<Descriptor> owned = new ArrayList<>();
    private final Descriptor pidOne;
    private final List<Descriptor> standard = new ArrayList<>();
    private final List<Descriptor> joinFiles;
    private final Optional<Descriptor> birthplace;
    private final Descriptor status;
    private final Descriptor releaseRead;
    private final Descriptor releaseWrite;
    private final String resolvConf;

    /**
     * @param resolver whom the application is to ask for names; empty: whom the host asks
     * @param hostUid who the application is on the host; the logs are its own, so that it can open /dev/stdout
     */
    ChildFiles(
            SandboxDirectory directory,
            Cgroup cgroup,
            Descriptor pidOne,
            Optional<Network.Resolver> resolver,
            int hostUid,
            CallLog log)
            throws IOException {
        this.pidOne = pidOne;
        this.resolvConf = resolver.map(EtcFiles::resolvConf).orElseGet(EtcFiles::resolvConf);
        try {
            log.purpose(Purpose.PROCESS);
            Descriptor[] release = log.make("pipe2", Syscalls::pipe, "O_CLOEXEC");
            releaseRead = own(release[0]);
            releaseWrite = own(release[1]);
            log.purpose(Purpose.CGROUPS);
            joinFiles = cgroup.openJoinFiles();
            owned.addAll(joinFiles);
            birthplace = cgroup.openBirthplace();
            birthplace.ifPresent(owned::add);
            log.purpose(Purpose.PROCESS);
            standard.add(open(Path.of("/dev/null"), Syscalls.O_RDONLY, "O_RDONLY", log));
            standard.add(appended(directory.stdout(), log));
            standard.add(appended(directory.stderr(), log));
            for (Descriptor output : standard.subList(1, 3)) {
                log.act("fchown", () -> Syscalls.chown(output, hostUid, 0), output.object(), "" + hostUid, "0");
            }
            log.purpose(Purpose.PID_ONE);
            status = appended(directory.status(), log);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    Descriptor pidOne() {
        return pidOne;
    }

    List<Descriptor> joinFiles() {
        return joinFiles;
    }

    Optional<Descriptor> birthplace() {
        return birthplace;
    }

    /** Input, output and error of the application. */
    List<Descriptor> standard() {
        return standard;
    }

    Descriptor status() {
        return status;
    }

    Descriptor releaseRead() {
        return releaseRead;
    }

    Descriptor releaseWrite() {
        return releaseWrite;
    }

    String resolvConf() {
        return resolvConf;
    }

    @Override
    public void close() {
        owned.forEach(Descriptor::close);
    }

    private Descriptor appended(Path path, CallLog log) throws SyscallException {
        int flags = Syscalls.O_WRONLY | Syscalls.O_CREAT | Syscalls.O_APPEND;
        return open(path, flags, "O_WRONLY|O_CREAT|O_APPEND", log);
    }

    private Descriptor open(Path path, int flags, String shown, CallLog log) throws SyscallException {
        return own(log.make("open", () -> Syscalls.open(path, flags, 0640), path.toString(), shown));
    }

    private Descriptor own(Descriptor descriptor) {
        owned.add(descriptor);
        return descriptor;
    }
}
