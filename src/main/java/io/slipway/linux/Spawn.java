package io.slipway.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Makes a child by clone3(2) that shares our memory (CLONE_VM) and runs a {@link SyscallProgram} up to its exec.
 *
 * <p>CLONE_VFORK is not optional: without it a child that joins a full memory cgroup makes the OOM killer choose the memory's other owner, us. So a
 * platform thread of a small warm pool is suspended in the call, while the caller learns the pid from memory that CLONE_PARENT_SETTID fills.
 */
public final class Spawn {
    /** Namespace flags of clone(2). */
    public static final long NEWNS = 0x20000L;

    /** Not of clone(2): its bit is a signal's number there. */
    public static final long NEWTIME = 0x80L;

    public static final long NEWCGROUP = 0x02000000L;
    public static final long NEWUTS = 0x04000000L;
    public static final long NEWIPC = 0x08000000L;
    public static final long NEWUSER = 0x10000000L;
    public static final long NEWPID = 0x20000000L;
    public static final long NEWNET = 0x40000000L;
    private static final int THREADS = 4;
    private static final int PAUSE_NANOS = 50_000;
    private static final ThreadPoolExecutor POOL =
            new ThreadPoolExecutor(THREADS, THREADS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Spawn::thread);

    private Spawn() {}

    /** What the parent does while the child waits, e.g. in a read of a pipe. */
    public interface WhileWaiting {
        void run(Waiting child) throws IOException;
    }

    /** What the parent does while the child is being made. */
    public interface Meanwhile {
        void run() throws IOException;
    }

    /**
     * What is to be spawned.
     *
     * @param namespaces flags as above
     * @param directory the child's working directory, reached with our rights
     * @param cgroup directory of a version 2 cgroup that the child is born in
     */
    public record Request(
            SyscallProgram program, long namespaces, Path directory, Optional<Descriptor> cgroup, Duration deadline) {
        public Request {
            program.announce();
        }

        /** The calls that {@link #run} would make: the clone, and the child's. */
        public List<CallResult> planned() {
            List<CallResult> calls = new ArrayList<>();
            calls.add(new CallResult(Purpose.NAMESPACES, "agent", "clone3", cloneArguments(), 0, false, Double.NaN));
            calls.addAll(program.planned());
            return calls;
        }

        List<String> cloneArguments() {
            return CloneFlags.arguments(namespaces, cgroup);
        }
    }

    /** A namespace that the child is born into although we are in another: its descriptor, ours, and clone(2)'s flag for its kind. */
    public record Join(Descriptor namespace, Descriptor own, long kind) {}

    /** A child that goes on by itself. */
    public record Begun(int pid, Descriptor pidfd, CompletableFuture<Optional<SpawnException>> executed) {
        /**
         * Returns once it has exec'd.
         *
         * @throws SpawnException if it ended before, or did not within that time; it is then dead and collected
         */
        public void awaitExec(Duration patience) throws SpawnException {
            Optional<SpawnException> failure = failure(patience);
            if (failure.isPresent()) {
                // Not collected, it would keep the process namespace that it joined from ending (pid_namespaces(7)).
                SpawnChild.collect(pidfd);
                throw failure.get();
            }
        }

        private Optional<SpawnException> failure(Duration patience) {
            try {
                return executed.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of(new SpawnException("interrupted while process " + pid + " was started", List.of()));
            } catch (ExecutionException e) {
                return Optional.of(new SpawnException("the child could not be made: " + e.getCause(), List.of()));
            } catch (TimeoutException e) {
                return Optional.of(new SpawnException(
                        "process " + pid + " did not come to exec within " + patience.toMillis() + " ms", List.of()));
            }
        }
    }

    /**
     * A child that has exec'd.
     *
     * @param made the calls that led there; decoded when asked for, as that takes as long as a tenth of them
     */
    public record Spawned(int pid, Descriptor pidfd, Supplier<List<CallResult>> made) {
        public List<CallResult> calls() {
            return made.get();
        }
    }

    /** A child that runs its program. */
    public static final class Waiting {
        private final SpawnChild child;
        private final CompletableFuture<Long> returned;

        Waiting(SpawnChild child, CompletableFuture<Long> returned) {
            this.child = child;
            this.returned = returned;
        }

        public int pid() {
            return child.pid();
        }

        /** Of the child; closed by who began it. */
        public int pidfd() {
            return child.pidfd();
        }

        /**
         * Waits until the child has made a call, and returns its result.
         *
         * @throws SpawnException if the child ended before, or the time is over
         */
        public long await(SyscallProgram.Step step, Duration patience) throws SpawnException {
            long end = System.nanoTime() + patience.toNanos();
            while (!child.program.made(step)) {
                if (returned.isDone()) {
                    throw child.failure();
                }
                if (System.nanoTime() > end) {
                    throw new SpawnException(
                            "the child did not come to " + step.number().call() + " within " + patience.toMillis()
                                    + " ms and was killed",
                            child.program.results());
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return child.program.result(step);
        }

        public boolean made(SyscallProgram.Step step) {
            return child.program.made(step);
        }

        /** The result of a call; 0 when it was not made. */
        public long result(SyscallProgram.Step step) {
            return child.program.made(step) ? child.program.result(step) : 0;
        }

        /** What a call has written to where its argument (0 to 5) points. */
        public byte[] written(SyscallProgram.Step step, int argument, int length) {
            return child.program.pointed(step, argument, length);
        }

        /** The calls made so far. */
        public List<CallResult> calls() {
            return child.program.results();
        }

        /** Replaces the bytes that an argument (0 to 4) of a call points to, and the length in the argument after it. */
        public void fill(SyscallProgram.Step step, int argument, byte[] content) {
            child.program.fill(child.arena, step, argument, content);
        }
    }

    /**
     * Returns once the child has exec'd.
     *
     * @throws SpawnException if clone3 or a call of the program failed, or the deadline passed; the child is then dead and collected
     */
    public static Spawned run(Request request, WhileWaiting whileWaiting) throws IOException {
        return run(request, List.of(), whileWaiting);
    }

    /** @param joins namespaces that the child is born into */
    public static Spawned run(Request request, List<Join> joins, WhileWaiting whileWaiting) throws IOException {
        return run(request, joins, () -> {}, whileWaiting);
    }

    /** @param meanwhile done while the child is being made, of which nothing is known yet */
    public static Spawned run(Request request, List<Join> joins, Meanwhile meanwhile, WhileWaiting whileWaiting)
            throws IOException {
        NativeArena arena = NativeArena.open();
        SpawnChild child = new SpawnChild(request, arena);
        CompletableFuture<Long> returned = new CompletableFuture<>();
        if (joins.isEmpty()) {
            POOL.execute(() -> child.enter(List.of(), returned));
        } else {
            // A thread that could not come back from there would spoil the pool.
            thread(() -> child.enter(joins, returned)).start();
        }
        long end = System.nanoTime() + request.deadline.toNanos();
        boolean ended = false;
        try {
            meanwhile.run();
            child.attend(returned, whileWaiting, end);
            long result = await(returned, end);
            ended = true;
            return child.spawned(result);
        } catch (TimeoutException e) {
            throw new SpawnException(
                    "the child did not reach exec within " + request.deadline.toMillis() + " ms and was killed",
                    child.program.results());
        } finally {
            if (ended) {
                arena.close();
            } else {
                child.end(returned);
            }
        }
    }

    /**
     * Returns once {@code whileWaiting} has; the child then goes on by itself. Its memory is ours until its exec, and stays if we end before.
     *
     * @param joins namespaces that it is born into
     * @throws IOException if clone3 failed or {@code whileWaiting} threw; the child is then dead and collected
     */
    public static Begun begin(Request request, List<Join> joins, WhileWaiting whileWaiting) throws IOException {
        NativeArena arena = NativeArena.open();
        SpawnChild child = new SpawnChild(request, arena);
        CompletableFuture<Long> returned = new CompletableFuture<>();
        // Not of the pool: it may be suspended for as long as nobody starts what was created.
        thread(() -> child.enter(joins, returned)).start();
        boolean left = false;
        try {
            WhileWaiting told = waiting -> {
                CallLog.note(child.program.clone3(child.flags(), child.pid()));
                whileWaiting.run(waiting);
            };
            child.attend(returned, told, System.nanoTime() + request.deadline.toNanos());
            if (child.pid() <= 0) {
                throw child.failure(await(returned, System.nanoTime() + request.deadline.toNanos()));
            }
            left = true;
            Descriptor pidfd = new Descriptor(child.pidfd(), "process " + child.pid());
            return new Begun(child.pid(), pidfd, returned.thenApply(pid -> child.outcome()));
        } catch (TimeoutException e) {
            throw new SpawnException("the child could not be made in time", child.program.results());
        } finally {
            if (!left) {
                child.end(returned);
            }
        }
    }

    /** Of namespaces, as an explanation shows them. */
    public static String flagNames(long flags) {
        return String.join("|", CloneFlags.namespaces(flags));
    }

    private static long await(CompletableFuture<Long> returned, long end) throws IOException, TimeoutException {
        try {
            return returned.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SpawnException("interrupted while a child was started; it was killed", List.of());
        } catch (ExecutionException e) {
            throw new SpawnException("the child could not be made: " + e.getCause(), List.of());
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        Syscalls.unshareWorkingDirectory();
                    } catch (SyscallException e) {
                        throw new IllegalStateException(e);
                    }
                    work.run();
                },
                "spawn");
        thread.setDaemon(true);
        return thread;
    }
}
