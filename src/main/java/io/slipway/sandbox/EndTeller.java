package io.slipway.sandbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Tells of each container's end once, beside what that end sets going; who takes away what is asked for it waits until it is told. */
final class EndTeller {
    private static final int TELL_SECONDS = 2;
    private final Map<String, FutureTask<Boolean>> endings = new ConcurrentHashMap<>();
    private final Consumer<Sandbox> tell;

    /** @param tell is given each one that has ended */
    EndTeller(Consumer<Sandbox> tell) {
        this.tell = tell;
    }

    /** From here on until its end. */
    void begin(Sandbox sandbox) {
        FutureTask<Boolean> told = new FutureTask<>(() -> tell.accept(sandbox), true);
        endings.put(sandbox.id(), told);
        sandbox.onExit().thenRun(told);
    }

    /** Returns once its end has been told of, by itself if nobody is at it; does nothing while it runs. */
    void await(Sandbox sandbox) {
        FutureTask<Boolean> told = sandbox.state() == Sandbox.State.ENDED ? endings.remove(sandbox.id()) : null;
        if (told == null) {
            return;
        }
        told.run();
        try {
            told.get(TELL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            System.getLogger(EndTeller.class.getName())
                    .log(System.Logger.Level.WARNING, "the end of container " + sandbox.id() + " was not told", e);
        }
    }
}
