package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.linux.ProcessIdentity;
import io.slipway.sandbox.cgroup.CgroupLayout;
import io.slipway.sandbox.log.LogReader;
import io.slipway.sandbox.log.LogRecord;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogKeeperTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path temp;

    private static Sandbox at(Path directory) throws Exception {
        SandboxSpec spec = SandboxSpec.of("a", List.of(Path.of("/")), List.of("true"));
        ProcessIdentity self =
                ProcessIdentity.of((int) ProcessHandle.current().pid()).orElseThrow();
        return new Sandbox(
                new SandboxDirectory(directory),
                CgroupLayout.detect().group("unused", spec.id(), spec.limits()),
                SandboxRecord.preparing(spec, "", self, Instant.EPOCH));
    }

    /** Each look at its files ends in an unchecked exception. */
    private Sandbox broken() throws Exception {
        try (FileSystem closed = FileSystems.newFileSystem(temp.resolve("a.zip"), Map.of("create", "true"))) {
            Files.createFile(closed.getPath("/a"));
            return at(closed.getPath("/"));
        }
    }

    private Sandbox whole() throws Exception {
        return at(Files.createDirectory(temp.resolve("whole")));
    }

    private static void write(Sandbox sandbox, String line) throws Exception {
        Files.writeString(sandbox.stdoutLog(), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void awaitKept(Sandbox sandbox, String... lines) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        List<String> kept = new ArrayList<>();
        try (LogReader reader = sandbox.readLog()) {
            while (kept.size() < lines.length && System.nanoTime() < end) {
                for (Optional<LogRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                    kept.add(next.get().text());
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
        assertThat(kept).as("kept within " + LONG).containsExactly(lines);
    }

    @Test
    void oneLogThatCannotBeLookedAtDoesNotStopTheOthers() throws Exception {
        Sandbox whole = whole();
        List<Sandbox> all = List.of(broken(), whole);
        write(whole, "first");
        try (LogKeeper _ = new LogKeeper(() -> all)) {
            awaitKept(whole, "first");
            write(whole, "second");
            awaitKept(whole, "first", "second");
        }
    }

    @Test
    void aListOfContainersThatCannotBeHadIsAskedForAgain() throws Exception {
        Sandbox whole = whole();
        write(whole, "only");
        AtomicInteger asked = new AtomicInteger();
        try (LogKeeper _ = new LogKeeper(() -> list(whole, asked))) {
            awaitKept(whole, "only");
        }
    }

    private static Collection<Sandbox> list(Sandbox whole, AtomicInteger asked) {
        if (asked.getAndIncrement() == 0) {
            throw new IllegalStateException("not now");
        }
        return List.of(whole);
    }
}
