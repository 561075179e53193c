package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Takes up the containers that an earlier run of the runtime left, or that other processes have made meanwhile. */
final class Adopter {
    /** A process that is not held back any more takes some ten microseconds to say so. */
    private static final long DECISION_NANOS = 5_000_000_000L;

    private final Sandboxes runtime;
    private final OwnedDirectory directory;
    private final boolean shared;
    private final Clock clock;
    private final IdRanges ranges;
    private final Teardown teardown;
    private final Map<String, Sandbox> known;

    /**
     * @param shared whether other processes make containers in it at the same time
     * @param known by id; those taken up are added
     */
    Adopter(
            Sandboxes runtime,
            OwnedDirectory directory,
            boolean shared,
            Clock clock,
            IdRanges ranges,
            Teardown teardown,
            Map<String, Sandbox> known) {
        this.runtime = runtime;
        this.directory = directory;
        this.shared = shared;
        this.clock = clock;
        this.ranges = ranges;
        this.teardown = teardown;
        this.known = known;
    }

    Adoption adopt() throws IOException {
        Adoption adoption = nothing();
        try (var children = Files.list(directory.path())) {
            for (Path child : children.filter(Files::isDirectory).sorted().toList()) {
                String name = child.getFileName().toString();
                SandboxDirectory files = new SandboxDirectory(child);
                // Others with a dot before are not containers': volumes, claims of ids.
                if (files.isAside() && (!shared || files.olderThanAMinute(clock.instant()))) {
                    files.delete();
                } else if (!name.startsWith(".") && !known.containsKey(name)) {
                    adopt(files, adoption);
                }
            }
        }
        adoption.removed().addAll(removeForgotten());
        adoption.ended().removeIf(sandbox -> !known.containsKey(sandbox.id()));
        ranges.sweep(clock.instant());
        return adoption;
    }

    /** The same as it is now: another process may have started it again since it was found here. */
    Sandbox current(Sandbox found) throws IOException {
        if (known.get(found.id()) == found && startedAgain(found)) {
            known.remove(found.id(), found);
            adopt(found.directory(), nothing());
        }
        return known.getOrDefault(found.id(), found);
    }

    private static Adoption nothing() {
        return new Adoption(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** Those that were to be removed at their end by somebody who is gone, or by us. */
    List<String> removeForgotten() throws IOException {
        List<String> removed = new ArrayList<>();
        for (Sandbox sandbox : runtime.list()) {
            ProcessIdentity starter = sandbox.record().creator();
            if (sandbox.spec().atEnd() == SandboxSpec.AtEnd.REMOVE
                    && sandbox.state() == Sandbox.State.ENDED
                    && (starter.equals(runtime.self()) || !starter.runs())) {
                try {
                    runtime.removeEnded(sandbox);
                    removed.add(sandbox.id());
                } catch (StartLock.Held e) {
                    // It runs again, and is removed at that end.
                    continue;
                }
            }
        }
        return removed;
    }

    private void adopt(SandboxDirectory files, Adoption adoption) throws IOException {
        String id = files.path().getFileName().toString();
        SandboxRecord record;
        try {
            record = SandboxRecord.readSettled(files.state());
        } catch (SandboxRecord.Unknown e) {
            // It may run, and what it needs must not be taken from it.
            System.getLogger(Sandboxes.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "container {0} is left alone: {1}. Remove it with the version that made it.",
                            id,
                            e.getMessage());
            return;
        } catch (IOException e) {
            // Killed between making the directory and writing its state, or after all but the files was removed.
            if (!shared || files.olderThanAMinute(clock.instant())) {
                files.delete();
                adoption.removed().add(id);
            }
            return;
        }
        Sandbox sandbox = new Sandbox(files, runtime.group(record.spec()), record);
        record.spec().namespaces().user().ifPresent(range -> ranges.use(range, id));
        switch (record.phase()) {
            case PREPARING -> prepared(sandbox, adoption);
            case RUNNING -> {
                known.put(id, sandbox);
                resume(sandbox, adoption);
            }
            case ENDED -> {
                known.put(id, sandbox);
                adoption.ended().add(sandbox);
            }
        }
    }

    /** One whose start was not finished, or is being made by another process. */
    private void prepared(Sandbox sandbox, Adoption adoption) throws IOException {
        SandboxRecord record = sandbox.record();
        boolean left = !shared || !record.creator().runs();
        if (record.restarting()) {
            if (left) {
                takeBackOrTell(sandbox, record.exit().orElseThrow());
            }
            rests(sandbox, adoption);
        } else if (left) {
            runtime.sweep(sandbox);
            runtime.tell(sandbox.id(), ContainerEvent.Kind.REMOVED, "did not start: who started it is gone");
            adoption.removed().add(sandbox.id());
        }
    }

    /** On a full disk the others are to be seen all the same; it is tried again by who comes next. */
    private void takeBackOrTell(Sandbox sandbox, Exit before) {
        try {
            teardown.takeBack(sandbox, before);
        } catch (IOException e) {
            String consequence = "what a start of container " + sandbox.id() + " left stays until the next adoption";
            System.getLogger(Sandboxes.class.getName()).log(System.Logger.Level.WARNING, consequence, e);
        }
    }

    private void resume(Sandbox sandbox, Adoption adoption) throws IOException {
        boolean sameBoot = sandbox.record().bootId().equals(runtime.bootId());
        Optional<Descriptor> handle =
                sameBoot ? sandbox.record().process().flatMap(ProcessIdentity::open) : Optional.empty();
        if (handle.isPresent() && goesOn(sandbox)) {
            runtime.watch(sandbox, handle.get());
            adoption.running().add(sandbox);
            return;
        }
        handle.ifPresent(Descriptor::close);
        if (startedAgain(sandbox)) {
            // What is in its cgroup now is not to be ended.
            adopt(sandbox.directory(), adoption);
        } else if (sameBoot && !sandbox.directory().letGo()) {
            neverRan(sandbox, adoption);
        } else {
            runtime.tellOf(sandbox);
            sandbox.ended("ended while nobody watched, together with its pid 1; how is not known", clock.instant());
            adoption.ended().add(sandbox);
        }
    }

    /** False when it ends instead: who was to let it go has been killed. */
    private static boolean goesOn(Sandbox sandbox) {
        ProcessIdentity process = sandbox.record().process().orElseThrow();
        long end = System.nanoTime() + DECISION_NANOS;
        while (!sandbox.directory().letGo()
                && !sandbox.record().creator().runs()
                && process.runs()
                && System.nanoTime() < end) {
            LockSupport.parkNanos(DECISION_NANOS / 1_000);
        }
        return process.runs();
    }

    /** Written down as running by who was killed before it let it go: it is what it was before that. */
    private void neverRan(Sandbox sandbox, Adoption adoption) throws IOException {
        SandboxDirectory files = sandbox.directory();
        known.remove(sandbox.id(), sandbox);
        try {
            Optional<SandboxRecord> before;
            try (StartLock _ = StartLock.of(files)) {
                before = SandboxRecord.beforeItRan(files.state(), sandbox.record());
                if (before.isPresent()) {
                    prepared(new Sandbox(files, sandbox.cgroup(), before.get()), adoption);
                }
            } catch (StartLock.Held e) {
                // Who has it in hand takes it back, starts it or removes it.
                before = SandboxRecord.beforeItRan(files.state(), sandbox.record());
                before.filter(SandboxRecord::restarting)
                        .ifPresent(record -> rests(new Sandbox(files, sandbox.cgroup(), record), adoption));
            }
            if (before.isEmpty()) {
                adopt(files, adoption);
            }
        } catch (NoSuchFileException e) {
            // Removed.
            return;
        }
    }

    private void rests(Sandbox sandbox, Adoption adoption) {
        known.put(sandbox.id(), sandbox);
        adoption.ended().add(sandbox);
    }

    /** By another process, since we read its record. */
    private static boolean startedAgain(Sandbox found) throws IOException {
        try {
            SandboxRecord now = SandboxRecord.readSettled(found.directory().state());
            return !now.process().equals(found.record().process());
        } catch (NoSuchFileException e) {
            // Removed.
            return false;
        }
    }
}
