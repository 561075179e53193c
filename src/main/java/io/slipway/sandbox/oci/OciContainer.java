package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.Fifo;
import io.slipway.linux.Poll;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A container that is there, as its record and the kernel have it. */
public final class OciContainer {
    private static final int SIGKILL = 9;
    private final ContainerDirectory directory;
    private final ContainerRecord record;

    private OciContainer(ContainerDirectory directory, ContainerRecord record) {
        this.directory = directory;
        this.record = record;
    }

    static OciContainer read(ContainerDirectory directory) throws IOException {
        try {
            return new OciContainer(directory, ContainerRecord.read(directory.record()));
        } catch (NoSuchFileException e) {
            throw new OciException(
                    "container " + directory.id() + " has no record: it is being made or removed, or was "
                            + "left half made; 'delete --force' removes it",
                    e);
        }
    }

    public String id() {
        return record.id();
    }

    /** 0 when its process has ended. */
    public int pid() {
        return runs() ? record.process().map(ProcessIdentity::pid).orElse(0) : 0;
    }

    public String bundle() {
        return record.bundle().toString();
    }

    public Instant created() {
        return record.created();
    }

    /** By what the kernel knows now. */
    public Status status() throws IOException {
        if (!record.complete() && ours(record.creator())) {
            return Status.CREATING;
        }
        if (!runs() || !record.complete()) {
            return Status.STOPPED;
        }
        if (cgroup().frozen()) {
            return Status.PAUSED;
        }
        return Fifo.isWaitedAt(directory.fifo()) ? Status.CREATED : Status.RUNNING;
    }

    private boolean runs() {
        return record.process().filter(this::ours).isPresent();
    }

    /** Of this boot, and still the same process. */
    private boolean ours(ProcessIdentity process) {
        try {
            return process.runs() && ProcessIdentity.bootId().equals(record.bootId());
        } catch (IOException e) {
            return false;
        }
    }

    void need(String operation, Status... allowed) throws IOException {
        Status status = status();
        if (!Arrays.asList(allowed).contains(status)) {
            String states = Arrays.stream(allowed).map(Status::text).collect(Collectors.joining(" or "));
            throw new OciException("cannot " + operation + " container " + id() + " that is " + status.text()
                    + "; it must be " + states + (operation.equals("delete") ? "; stop it first, or use --force" : ""));
        }
    }

    /** The state document (runtime.md, "State"). */
    byte[] state(Status status) {
        return JsonDocument.write(state(record, status));
    }

    static Map<String, Object> state(ContainerRecord record, Status status) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("ociVersion", OciVersion.NEWEST);
        state.put("id", record.id());
        state.put("status", status.text());
        state.put(
                "pid",
                status == Status.STOPPED
                        ? 0
                        : record.process().map(ProcessIdentity::pid).orElse(0));
        state.put("bundle", record.bundle().toString());
        state.put("rootfs", record.rootfs().toString());
        state.put("created", record.created().toString());
        if (!record.annotations().isEmpty()) {
            state.put("annotations", record.annotations());
        }
        return state;
    }

    /** Signals its process; the number cannot have come to mean another one. */
    void kill(int signal) throws IOException {
        if (record.process().isEmpty()) {
            return;
        }
        try (Descriptor pidfd = Syscalls.pidfdOpen(record.process().get().pid())) {
            if (runs()) {
                Syscalls.pidfdSignal(pidfd, signal);
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
    }

    /** Kills it, and waits for its end. */
    void end(Duration patience) throws IOException {
        if (!runs()) {
            return;
        }
        try (Descriptor pidfd =
                Syscalls.pidfdOpen(record.process().orElseThrow().pid())) {
            if (runs()) {
                Syscalls.pidfdSignal(pidfd, SIGKILL);
                if (cgroup().frozen()) {
                    // A frozen process does not die before it is let go on.
                    cgroup().freeze(false);
                }
            }
            if (!Poll.awaitEnd(pidfd, patience)) {
                throw new OciException("container " + id() + " did not end within " + patience.toSeconds()
                        + " s of SIGKILL; its process " + pid() + " may wait for a disk (state D in ps)");
            }
            // Where it is our own child.
            Syscalls.reap(pidfd);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
    }

    BundleCgroup cgroup() throws IOException {
        return new BundleCgroup(Hierarchies.detect(), record.cgroup(), directory.groupParents());
    }

    ContainerRecord record() {
        return record;
    }

    ContainerDirectory directory() {
        return directory;
    }

    /** As it was when the container was created, whatever the bundle says now. */
    BundleConfig config() throws IOException {
        return BundleConfig.parse(Files.readAllBytes(directory.config()));
    }

    Optional<BundleConfig> readableConfig() {
        try {
            return Optional.of(config());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
