package io.slipway.sandbox;

import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is written down of a container before each step that cannot be taken back, so that whoever returns after a crash knows what there is.
 *
 * @param bootId of the kernel it was started under
 * @param creator the process that started it
 * @param process its pid 1
 */
record SandboxRecord(
        SandboxSpec spec,
        Phase phase,
        String bootId,
        ProcessIdentity creator,
        Instant createdAt,
        Optional<Network.Attachment> attachment,
        Optional<ProcessIdentity> process,
        Optional<Instant> startedAt,
        Optional<Exit> exit) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final AtomicLong WRITES = new AtomicLong();

    /** How far it has come. */
    enum Phase {
        PREPARING,
        RUNNING,
        ENDED
    }

    static SandboxRecord preparing(SandboxSpec spec, String bootId, ProcessIdentity creator, Instant now) {
        return new SandboxRecord(
                spec,
                Phase.PREPARING,
                bootId,
                creator,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    SandboxRecord running(ProcessIdentity pidOne, Optional<Network.Attachment> attached, Instant now) {
        return new SandboxRecord(
                spec, Phase.RUNNING, bootId, creator, createdAt, attached, Optional.of(pidOne), Optional.of(now), exit);
    }

    SandboxRecord ended(Exit how) {
        return new SandboxRecord(
                spec, Phase.ENDED, bootId, creator, createdAt, attachment, process, startedAt, Optional.of(how));
    }

    /** Makes the file. Half of it, after a crash, means the same as none: that nothing else was made. */
    void writeFirst(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(this));
    }

    /** Replaces the file whole, so that a reader never sees half of it. */
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + "." + WRITES.incrementAndGet());
        Files.write(fresh, JSON.writeValueAsBytes(this));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** @throws IOException if it is not there or not whole */
    static SandboxRecord read(Path file) throws IOException {
        try {
            return JSON.readValue(Files.readAllBytes(file), SandboxRecord.class);
        } catch (JacksonException e) {
            throw new IOException("the container's state in " + file + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
