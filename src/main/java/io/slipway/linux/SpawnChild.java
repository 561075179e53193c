package io.slipway.linux;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The native side of one {@link Spawn}: a child, its program and its memory. */
final class SpawnChild {
    /** Of {@code struct clone_args}, up to and with {@code cgroup}. */
    static final int ARGS_BYTES = 88;

    static final int STACK_BYTES = 16 * 1024;
    private static final long INTO_CGROUP = 0x200000000L;
    private static final long VM_VFORK_PIDFD_SETTID_CLEARSIGHAND =
            0x100L | 0x4000L | 0x1000L | 0x100000L | 0x100000000L;
    private static final int SIGCHLD = 17;
    private static final int SIGKILL = 9;
    private static final Path ROOT = Path.of("/");
    private static final int DEATH_SECONDS = 10;
    private static final int PIDFD = 8;
    private static final int NEVER_BORN = -1;
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final Spawn.Request request;
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    final NativeArena arena;
    final SyscallProgram.Loaded program;
    private final NativeArena.Block time;
    private final NativeArena.Block pids;
    private final NativeArena.Block args;

    SpawnChild(Spawn.Request request, NativeArena arena) {
        this.request = request;
        this.arena = arena;
        SyscallProgram.Step announced = request.program().announce();
        SyscallProgram.@Nullable Step pause = Failpoint.pause(request.program());
        program = request.program().load(arena);
        if (pause != null) {
            Failpoint.dieWhen(() -> program.made(pause));
        }
        NativeArena.Block stack = arena.allocate(STACK_BYTES);
        time = arena.allocate(16);
        pids = arena.allocate(16);
        pids.view().putInt(PIDFD, -1);
        program.put(announced, 0, pids.address());
        args = arena.allocate(ARGS_BYTES);
        long flags = VM_VFORK_PIDFD_SETTID_CLEARSIGHAND | request.namespaces();
        if (request.cgroup().isPresent()) {
            flags |= INTO_CGROUP;
            args.view().putLong(80, request.cgroup().get().number());
        }
        args.view().putLong(0, flags).putLong(8, pids.address() + PIDFD);
        args.view().putLong(24, pids.address()).putLong(32, SIGCHLD);
        args.view().putLong(40, stack.address()).putLong(48, STACK_BYTES);
    }

    void enter(List<Spawn.Join> joins, CompletableFuture<Long> returned) {
        begun.complete(null);
        try {
            returned.complete(make(joins));
            // Or the directory would be held until the next start, which would have to wait for its blocks to be
            // freed.
            Syscalls.chdir(ROOT);
        } catch (SyscallException | Error e) {
            returned.completeExceptionally(e);
        }
    }

    private long make(List<Spawn.Join> joins) throws SyscallException {
        try {
            Syscalls.chdir(request.directory());
            for (Spawn.Join join : joins) {
                Syscalls.setNamespace(join.namespace(), join.kind());
            }
            long result = MachineCode.spawn(args.address(), ARGS_BYTES, program.address());
            for (Spawn.Join join : joins) {
                Syscalls.setNamespace(join.own(), join.kind());
            }
            return result;
        } finally {
            // It may not have been born, or have been killed before it could wake who waits.
            INT.compareAndExchange(pids.view(), 0, 0, NEVER_BORN);
            Futex.wake(pids.address());
        }
    }

    void attend(CompletableFuture<Long> returned, Spawn.WhileWaiting work, long end)
            throws IOException, TimeoutException {
        awaitPid(end);
        if (pid() > 0) {
            attend(work, new Spawn.Waiting(this, returned));
        }
    }

    private void awaitPid() {
        try {
            awaitPid(System.nanoTime() + Duration.ofSeconds(DEATH_SECONDS).toNanos());
        } catch (TimeoutException e) {
            // It hangs in the clone: there is nothing to be killed yet.
            return;
        }
    }

    /** Its own first step is to wake us. */
    private void awaitPid(long end) throws TimeoutException {
        if (Thread.currentThread().isVirtual()) {
            // Waiting in the kernel it keeps its carrier: no longer than a clone takes, as others may need that to let
            // their children go, and so
            // the thread on which its own is to be made.
            begun.copy()
                    .completeOnTimeout(null, end - System.nanoTime(), TimeUnit.NANOSECONDS)
                    .join();
        }
        while (pid() == 0) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new TimeoutException();
            }
            Futex.await(pids.address(), 0, time, left);
        }
    }

    private void attend(Spawn.WhileWaiting work, Spawn.Waiting child) throws IOException {
        try {
            work.run(child);
        } catch (IOException e) {
            if (program.fatal().isEmpty()) {
                throw e;
            }
            // What the parent met with was only that it had ended.
            SpawnException why = failure();
            why.addSuppressed(e);
            throw why;
        }
    }

    Spawn.Spawned spawned(long result) throws SpawnException {
        if (result < 0) {
            throw failure(result);
        }
        Descriptor pidfd = new Descriptor(pidfd(), "process " + result);
        if (program.executed()) {
            SyscallProgram.Loaded copy = program.copy();
            return new Spawn.Spawned((int) result, pidfd, () -> calls(copy, result));
        }
        Syscalls.awaitEnd(pidfd);
        pidfd.close();
        throw failure();
    }

    /** Why it did not come to its exec, if so; gives its memory back. */
    Optional<SpawnException> outcome() {
        boolean executed = program.executed();
        Optional<SpawnException> failure = executed ? Optional.empty() : Optional.of(failure());
        arena.close();
        return failure;
    }

    SpawnException failure(long clone3) {
        return new SpawnException("clone3: " + Errno.describe((int) -clone3), List.of(program.clone3(flags(), clone3)));
    }

    SpawnException failure() {
        List<CallResult> calls = calls(program, pid());
        Optional<CallResult> fatal = program.fatal();
        String why = fatal.map(f -> f.text() + " = " + Errno.describe((int) -f.result()))
                .orElse("it was killed after " + (calls.size() - 1) + " calls");
        Optional<String> meaning = program.meaning().map(words -> words + " [" + why + "]");
        return new SpawnException(
                meaning.orElse("the container's first process failed before exec: " + why),
                meaning.orElse(why),
                calls,
                fatal);
    }

    private List<CallResult> calls(SyscallProgram.Loaded made, long result) {
        List<CallResult> calls = new ArrayList<>(List.of(made.clone3(flags(), result)));
        calls.addAll(made.results());
        return calls;
    }

    List<String> flags() {
        return request.cloneArguments();
    }

    /** Kills and collects it, and gives its memory back. */
    void end(CompletableFuture<Long> returned) {
        awaitPid();
        if (pid() > 0) {
            // Not collected yet, so the number still means this child.
            Syscalls.kill(pid(), SIGKILL);
        }
        boolean dead = awaitDeath(returned);
        if (pidfd() >= 0) {
            Descriptor pidfd = new Descriptor(pidfd(), "process " + pid());
            if (dead) {
                Syscalls.awaitEnd(pidfd);
            }
            pidfd.close();
        }
        // A child that even SIGKILL does not end keeps its memory: leaked rather than used again under it.
        if (dead) {
            arena.close();
        }
    }

    /** Kills and collects one that was let go. One that even SIGKILL does not end is left. */
    static void collect(Descriptor pidfd) {
        try {
            Syscalls.pidfdSignal(pidfd, SIGKILL);
            Poll.awaitEnd(pidfd, Duration.ofSeconds(DEATH_SECONDS));
        } catch (SyscallException endedBefore) {
            // Then there is only to collect it.
        }
        Syscalls.reap(pidfd);
    }

    private static boolean awaitDeath(CompletableFuture<Long> returned) {
        try {
            returned.get(DEATH_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (TimeoutException e) {
            return false;
        }
    }

    // Written by the kernel in the thread that clones, read in another: never from a register or a stale cache.
    /** 0 before it is born; negative when it never was. */
    int pid() {
        return (int) INT.getVolatile(pids.view(), 0);
    }

    int pidfd() {
        return (int) INT.getVolatile(pids.view(), PIDFD);
    }
}
