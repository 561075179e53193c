package io.slipway.cli;

import io.slipway.release.Ending;
import io.slipway.release.StartHistory;
import io.slipway.release.StartHistory.Next;
import io.slipway.release.Units;
import io.slipway.sandbox.Console;
import io.slipway.sandbox.ContainerEvent.Kind;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.Supervision;
import io.slipway.sandbox.health.Finding;
import io.slipway.sandbox.health.HealthCheck;
import io.slipway.sandbox.health.HealthPlan;
import io.slipway.sandbox.health.HealthWatch;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Looks after a container in the foreground: shows what it writes, asks how it is, and starts it again as its {@link Upkeep} says. */
final class Attendance {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final long LOOK_MS = 50;

    private final Sandboxes sandboxes;
    private final LogFollower logs;
    private final Upkeep upkeep;
    private final Map<String, byte[]> secrets;
    private final Interruption interruption;
    private final Consumer<String> tell;
    private final Object said = new Object();
    private Sandbox current;
    private StartHistory history = StartHistory.NONE;
    private @Nullable Supervision supervision;
    private @Nullable String condemned;
    private boolean failed;

    /**
     * @param logs shows what it writes from where that is; closed by whoever opened it
     * @param tell is told what becomes of it
     */
    Attendance(
            Sandboxes sandboxes,
            Sandbox started,
            LogFollower logs,
            Upkeep upkeep,
            Map<String, byte[]> secrets,
            Interruption interruption,
            Consumer<String> tell) {
        this.sandboxes = sandboxes;
        this.current = started;
        this.logs = logs;
        this.upkeep = upkeep;
        this.secrets = secrets;
        this.interruption = interruption;
        this.tell = tell;
    }

    /** The container as it runs, or ran last. */
    synchronized Sandbox current() {
        return current;
    }

    /** Whether it was given up, or stopped for being unhealthy: a failure also where what ran last exited with 0. */
    synchronized boolean failed() {
        return failed;
    }

    /** Until it has ended and is not started again. */
    Exit attend(LogFollower.Sink sink) throws IOException, InterruptedException {
        interruption.ends(current());
        history = history.starting(Instant.now(), upkeep.policy());
        if (upkeep.wanted()) {
            say(before -> Supervision.begin(upkeep.restart(), upkeep.health().isPresent()));
        }
        while (true) {
            logs.goOn(current());
            Exit exit;
            try (HealthWatch _ = watch(current())) {
                exit = logs.follow(sink);
            }
            if (!startedAgain(exit)) {
                say(Supervision::over);
                logs.tellMissed(tell);
                return exit;
            }
        }
    }

    private boolean startedAgain(Exit exit) throws IOException, InterruptedException {
        Duration ran = Duration.between(current().startedAt(), exit.at());
        Next next = history.ended(ending(exit), ran, upkeep.policy(), Instant.now());
        String how = ending(exit).text();
        while (next instanceof Next.Again again && mayStart()) {
            if (upkeep.retries().isPresent()
                    && again.history().restarts() >= upkeep.retries().getAsInt()) {
                giveUp(how);
                return false;
            }
            announce(how, again);
            if (!pause(again.pause())) {
                return false;
            }
            history = again.history().starting(Instant.now(), upkeep.policy());
            try {
                return restart();
            } catch (IOException e) {
                how = String.valueOf(e.getMessage());
                next = history.ended(Ending.failed(how), Duration.ZERO, upkeep.policy(), Instant.now());
            }
        }
        // Who ended it on purpose is not told that it was given up.
        if (next instanceof Next.Over over && over.failed() && mayStart()) {
            fail();
            if (upkeep.policy().limit().isPresent()) {
                tellOver(over.history().over().orElse(how));
            }
        }
        return false;
    }

    private synchronized void fail() {
        failed = true;
    }

    private void announce(String how, Next.Again again) throws IOException {
        String text = how + "; started again in " + Units.render(again.pause());
        tell.accept("container " + current().id() + ": " + text);
        current().tell(Kind.RESTARTING, text);
        say(it -> it.waiting(again.history().notBefore().orElseThrow()));
    }

    private void giveUp(String how) {
        String text = how + "; started again " + upkeep.retries().getAsInt() + " times, as often as --restart "
                + upkeep.restart() + " allows";
        fail();
        tellOver(text);
    }

    private void tellOver(String text) {
        tell.accept("container " + current().id() + ": " + text);
        current().tell(Kind.GIVEN_UP, text);
    }

    private Ending ending(Exit exit) {
        String why;
        synchronized (this) {
            why = condemned;
        }
        if (why != null) {
            return Ending.failed("unhealthy, " + why + "; stopped, " + exit.text());
        }
        return switch (exit.kind()) {
            case EXITED -> Ending.exited(exit.code(), exit.text());
            case SIGNALLED -> Ending.signalled(exit.signal(), exit.text());
            case OOM -> Ending.ofMemory(exit.text());
            case NOT_EXECUTED, UNKNOWN, NOT_STARTED -> Ending.failed(exit.text());
        };
    }

    /** False when it is not to be started again after all. */
    private synchronized boolean pause(Duration pause) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + pause.toNanos();
        long leftMs = pause.toMillis();
        while (leftMs > 0 && mayStart()) {
            wait(Math.min(LOOK_MS, leftMs));
            leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
        }
        return mayStart();
    }

    private synchronized boolean mayStart() {
        return interruption.code().isEmpty() && !current.restartsForgone();
    }

    private synchronized boolean restart() throws IOException {
        if (!mayStart()) {
            return false;
        }
        current = sandboxes.start(current, Console.NONE, secrets);
        interruption.ends(current);
        condemned = null;
        say(it -> it.restarted(history.restarts()));
        if (current.restartsForgone()) {
            // Said while it was being started: whoever said so may not have found it yet.
            stop(current);
        }
        return true;
    }

    private HealthWatch watch(Sandbox sandbox) {
        HealthPlan plan = new HealthPlan(Optional.empty(), upkeep.health(), Optional.empty(), Optional.empty());
        HealthWatch watch = new HealthWatch(
                plan, (check, atMost) -> ask(sandbox, check, atMost), finding -> found(sandbox, finding), this::note);
        if (upkeep.health().isPresent()) {
            watch.start();
        }
        return watch;
    }

    /** Not while it is paused: it would be found ill for what was done to it on purpose. */
    private static Optional<String> ask(Sandbox sandbox, HealthCheck check, Duration atMost)
            throws InterruptedException {
        while (sandbox.paused()) {
            Thread.sleep(LOOK_MS);
        }
        return check.ask(sandbox, atMost);
    }

    private void found(Sandbox sandbox, Finding finding) {
        switch (finding) {
            case Finding.Ready _ -> become(sandbox, Kind.HEALTHY, "healthy", "");
            case Finding.Starting it -> sayOrTell(before -> before.found("starting", it.why()));
            case Finding.Unready it -> unhealthy(sandbox, it.why());
            case Finding.Sick it -> unhealthy(sandbox, it.why());
        }
    }

    private void become(Sandbox sandbox, Kind kind, String health, String why) {
        String before;
        synchronized (said) {
            before = supervision == null ? "" : supervision.health();
        }
        sayOrTell(it -> it.found(health, why));
        if (!before.equals(health)) {
            sandbox.tell(kind, why);
        }
    }

    private void unhealthy(Sandbox sandbox, String why) {
        synchronized (this) {
            if (condemned != null || sandbox.exit().isPresent()) {
                // What is asked while it ends says nothing.
                return;
            }
            condemned = upkeep.stopUnhealthy() ? why : null;
        }
        become(sandbox, Kind.UNHEALTHY, "unhealthy", why);
        if (upkeep.stopUnhealthy()) {
            stop(sandbox);
        }
    }

    private void stop(Sandbox sandbox) {
        try {
            sandbox.stop(StopSignal.of(sandbox), GRACE);
        } catch (IOException e) {
            tell.accept("container " + sandbox.id() + " could not be ended: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void note(HealthWatch.Answer answer) {
        Supervision.Answer last = new Supervision.Answer(
                answer.at(), answer.took(), answer.failure().orElse(""));
        sayOrTell(it -> it.answered(last));
    }

    private void sayOrTell(UnaryOperator<Supervision> change) {
        try {
            say(change);
        } catch (IOException e) {
            tell.accept(
                    "what 'slipway ps' shows of container " + current().id() + " is out of date: " + e.getMessage());
        }
    }

    /** Writes down what others are shown of it. */
    private void say(UnaryOperator<Supervision> change) throws IOException {
        if (!upkeep.wanted()) {
            return;
        }
        // Before the lock: who holds this one's may come here for the other.
        Sandbox of = current();
        synchronized (said) {
            Supervision next = change.apply(
                    supervision != null
                            ? supervision
                            : Supervision.begin(
                                    upkeep.restart(), upkeep.health().isPresent()));
            supervision = next;
            of.supervised(next);
        }
    }
}
