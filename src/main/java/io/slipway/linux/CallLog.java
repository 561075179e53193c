package io.slipway.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Calls of the agent itself, written down as they are made, so that they can be explained beside the child's. */
public final class CallLog {
    private final List<CallResult> calls = new ArrayList<>();

    /** A call with a result. */
    public interface Call<T> {
        T make() throws SyscallException;
    }

    /** A call without one. */
    public interface Act {
        void make() throws SyscallException;
    }

    /** Makes a call and writes it down, also when it fails. */
    public <T> T make(String name, Call<T> call, String... arguments) throws SyscallException {
        long start = System.nanoTime();
        try {
            T made = call.make();
            note(name, arguments, made instanceof Descriptor d ? d.number() : 0, start);
            return made;
        } catch (SyscallException e) {
            note(name, arguments, -e.errno(), start);
            throw e;
        }
    }

    public void act(String name, Act act, String... arguments) throws SyscallException {
        make(
                name,
                () -> {
                    act.make();
                    return 0;
                },
                arguments);
    }

    public synchronized List<CallResult> calls() {
        return List.copyOf(calls);
    }

    private synchronized void note(String name, String[] arguments, long result, long start) {
        calls.add(new CallResult(
                "agent", name, Stream.of(arguments).toList(), result, false, (System.nanoTime() - start) / 1e3));
    }
}
