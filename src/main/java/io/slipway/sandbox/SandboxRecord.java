package io.slipway.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.slipway.linux.Errno;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.json.JsonFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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
    private static final long SETTLE_NANOS = 5_000_000_000L;

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
                spec,
                Phase.RUNNING,
                bootId,
                creator,
                createdAt,
                attached,
                Optional.of(pidOne),
                Optional.of(now),
                Optional.empty());
    }

    /** Before it is started again. Its last exit stays known until it runs: should that fail, it is still how it ended. */
    SandboxRecord again(Console console, String boot, ProcessIdentity starter) {
        return new SandboxRecord(
                spec.withConsole(console),
                Phase.PREPARING,
                boot,
                starter,
                createdAt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                exit);
    }

    /** Whether it was created or has ended, and is being started. */
    boolean restarting() {
        return phase == Phase.PREPARING && exit.isPresent();
    }

    SandboxRecord limited(Limits limits) {
        return new SandboxRecord(
                spec.withLimits(limits), phase, bootId, creator, createdAt, attachment, process, startedAt, exit);
    }

    SandboxRecord ended(Exit how) {
        return new SandboxRecord(
                spec, Phase.ENDED, bootId, creator, createdAt, attachment, process, startedAt, Optional.of(how));
    }

    /** Makes the file. Half of it, after a crash, means the same as none: that nothing else was made. */
    void writeFirst(Path file) throws IOException {
        Syscalls.writeFile(file, Syscalls.O_CREAT | Syscalls.O_EXCL, 0600, line(this));
    }

    /** What a later line tells: all but what never changes; the spec only when it did. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    private record Change(
            Optional<SandboxSpec> spec,
            Phase phase,
            Optional<Network.Attachment> attachment,
            Optional<ProcessIdentity> process,
            Optional<Instant> startedAt,
            Optional<Exit> exit) {}

    /** Adds all of it: of a container that is started again nothing but its end is as it was. */
    void appendWhole(Path file) throws IOException {
        append(file, this);
    }

    /**
     * Adds a line, so that a reader never sees half of it. Not a new file in place of the old one: ext4 then begins to write it to the disk at once,
     * which takes as long as half a start (mount option auto_da_alloc).
     */
    void append(Path file) throws IOException {
        append(file, new Change(Optional.empty(), phase, attachment, process, startedAt, exit));
    }

    /** As {@link #append}, of a container whose spec has changed. */
    void appendWithSpec(Path file) throws IOException {
        append(file, new Change(Optional.of(spec), phase, attachment, process, startedAt, exit));
    }

    private static void append(Path file, Object change) throws IOException {
        try {
            Syscalls.writeFile(file, Syscalls.O_APPEND, 0, line(change));
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENOENT) {
                throw new NoSuchFileException(file.toString());
            }
            throw e;
        }
    }

    private static byte[] line(Object content) {
        // A line break in front too: should a full disk have cut the line before, this one does not go with it.
        return ("\n" + JSON.writeValueAsString(content) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** A record that is whole but means nothing to us, as another version of this runtime wrote it. */
    static final class Unknown extends IOException {
        private static final long serialVersionUID = 1L;

        Unknown(String message) {
            super(message);
        }
    }

    /**
     * What its whole lines say, the later ones before the earlier. An end counts only if it is that of the process that was started last: of a
     * container that was started again, another process may write down an earlier end late.
     *
     * @throws Unknown if they are no record of this version
     * @throws IOException if it is not there or has no whole line
     */
    static SandboxRecord read(Path file) throws IOException {
        return of(wholeLines(file), file);
    }

    /** What was known before it ran, if it is still that run: its process is the same. Empty when something else has come since. */
    static Optional<SandboxRecord> beforeItRan(Path file, SandboxRecord running) throws IOException {
        List<ObjectNode> lines = wholeLines(file);
        SandboxRecord now = of(lines, file);
        if (now.phase() != Phase.RUNNING || !now.process().equals(running.process())) {
            return Optional.empty();
        }
        int first = lines.size();
        // More than one where its limits were changed.
        for (int i = lines.size() - 1; i >= 0 && !isIn(Phase.PREPARING, lines.get(i)); i--) {
            first = isIn(Phase.RUNNING, lines.get(i)) ? i : first;
        }
        return Optional.of(of(lines.subList(0, first), file));
    }

    private static List<ObjectNode> wholeLines(Path file) throws IOException {
        return Files.readString(file)
                .lines()
                .map(SandboxRecord::whole)
                .flatMap(Optional::stream)
                .toList();
    }

    private static SandboxRecord of(List<ObjectNode> lines, Path file) throws IOException {
        ObjectNode all = JSON.createObjectNode();
        for (ObjectNode next : lines) {
            if (!isEarlierEnd(all, next)) {
                add(all, next);
            }
        }
        if (all.isEmpty()) {
            throw new IOException("the container's state in " + file + " cannot be read: it has no whole line");
        }
        try {
            return JSON.treeToValue(all, SandboxRecord.class);
        } catch (JacksonException e) {
            throw new Unknown(
                    "the container's state in " + file + " was written by another version: " + JsonFault.of(e));
        }
    }

    /** The same once it is no longer being started again by another process, or some seconds have passed. */
    static SandboxRecord readSettled(Path file) throws IOException {
        SandboxRecord record = read(file);
        long end = System.nanoTime() + SETTLE_NANOS;
        while (record.restarting() && record.creator().runs() && System.nanoTime() < end) {
            LockSupport.parkNanos(SETTLE_NANOS / 1_000);
            record = read(file);
        }
        return record;
    }

    private static boolean isEarlierEnd(ObjectNode all, ObjectNode next) {
        return isIn(Phase.ENDED, next) && !all.isEmpty() && !processIn(all).equals(processIn(next));
    }

    private static Optional<JsonNode> processIn(ObjectNode line) {
        return Optional.ofNullable(line.get("process")).filter(it -> !it.isNull());
    }

    private static void add(ObjectNode all, ObjectNode next) {
        if (isIn(Phase.RUNNING, next)) {
            // That of an earlier run, of which lines that only tell changes say nothing.
            all.remove("exit");
        }
        all.setAll(next);
    }

    private static boolean isIn(Phase phase, ObjectNode line) {
        return phase.name().equals(line.path("phase").asString(""));
    }

    private static Optional<ObjectNode> whole(String line) {
        try {
            return JSON.readTree(line) instanceof ObjectNode node ? Optional.of(node) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
