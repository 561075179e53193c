package io.slipway.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Signals that are sent to us, taken instead of the JVM's own way to end. One that was ignored when we were started (nohup(1), background jobs of
 * some shells) stays ignored. By {@code sun.misc.Signal}, which module jdk.unsupported exports for want of another.
 */
public final class OwnSignals implements AutoCloseable {
    private final List<Runnable> undo = new ArrayList<>();

    /**
     * Takes some until {@link #close}.
     *
     * @param names without SIG, e.g. {@code INT}
     * @param arrived is told the number, in a thread of its own each time
     */
    public OwnSignals(List<String> names, IntConsumer arrived) {
        for (String name : names) {
            var signal = new sun.misc.Signal(name);
            var before = sun.misc.Signal.handle(signal, it -> arrived.accept(it.getNumber()));
            undo.add(() -> sun.misc.Signal.handle(signal, before));
        }
    }

    /** From here on they do what they did before. */
    @Override
    public void close() {
        undo.forEach(Runnable::run);
    }
}
