package io.slipway.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Calls of the agent itself, written down as they are made, so that they can be explained beside the child's. While a log is {@link #over} a piece
 * of work, everything that this room does for it on that thread is written down by itself: nobody has to remember it.
 *
 * <p>A log may also be of a plan: then calls that would change something are written down and not made.
 */
public final class CallLog {
    private static final ScopedValue<CallLog> CURRENT = ScopedValue.newInstance();
    /** Above what a real process has open: a planned descriptor must not be taken for a real one. */
    private static final int FIRST_PLANNED_DESCRIPTOR = 10_000;

    private final List<Made> made = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final boolean planned;
    private Purpose purpose = Purpose.RECORD;
    private int plannedDescriptors;

    private record Made(Purpose purpose, String call, List<Argument> arguments, long result, double micros) {}

    public CallLog() {
        this(false);
    }

    private CallLog(boolean planned) {
        this.planned = planned;
    }

    /** A log of what would be called: nothing is changed by work that it is over. */
    public static CallLog ofPlan() {
        return new CallLog(true);
    }

    /** A call with a result. */
    public interface Call<T> {
        T make() throws SyscallException;
    }

    /** A call without one. */
    public interface Act {
        void make() throws SyscallException;
    }

    /** A call as it is made: a negative result means an error, found in errno. */
    public interface Raw {
        long make();
    }

    /** Does work whose calls on this thread are written down here. */
    public <T, X extends Throwable> T over(ScopedValue.CallableOp<? extends T, X> work) throws X {
        return ScopedValue.where(CURRENT, this).call(work);
    }

    /** The log over the calling thread's work; a new one when there is none. For work that is handed to another thread. */
    public static CallLog current() {
        return CURRENT.isBound() ? CURRENT.get() : new CallLog();
    }

    /** What the calls from here on are made for. */
    public synchronized CallLog purpose(Purpose next) {
        purpose = next;
        return this;
    }

    /** Whether nothing may be changed by the calling thread, as its log is of a plan. */
    public static boolean planning() {
        return CURRENT.isBound() && CURRENT.get().planned;
    }

    /** Does what changes nothing, for real also within a plan; its calls are written down in either case. */
    public static <T, X extends Throwable> T reading(ScopedValue.CallableOp<? extends T, X> work) throws X {
        if (!planning()) {
            return work.call();
        }
        CallLog aside = new CallLog();
        try {
            return aside.over(work);
        } finally {
            CURRENT.get().take(aside);
        }
    }

    /** Makes a call, unless it is only planned, and writes it down when somebody listens. */
    public static long call(String name, Raw call, Argument... arguments) {
        if (!CURRENT.isBound()) {
            long result = call.make();
            Failpoint.passed();
            return result;
        }
        CallLog log = CURRENT.get();
        if (log.planned) {
            long result = opens(name) ? log.plannedDescriptor() : 0;
            log.note(name, List.of(arguments), result, Double.NaN);
            return result;
        }
        long start = System.nanoTime();
        long result = call.make();
        double micros = (System.nanoTime() - start) / 1e3;
        log.note(name, List.of(arguments), result < 0 ? -Libc.errno() : result, micros);
        Failpoint.passed();
        return result;
    }

    /** Makes a call and writes it down, also when it fails. */
    public <T> T make(String name, Call<T> call, String... arguments) throws SyscallException {
        int before = size();
        long start = System.nanoTime();
        try {
            T result = over(call::make);
            noteUnlessNoted(before, name, arguments, result instanceof Descriptor d ? d.number() : 0, start);
            return result;
        } catch (SyscallException e) {
            noteUnlessNoted(before, name, arguments, -e.errno(), start);
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

    /** From here on something else happens beside the calls, or has happened: {@link #parts} are divided here. */
    public synchronized void mark() {
        marks.add(made.size());
    }

    /** The calls, divided at the marks: one part more than there are marks. */
    public synchronized List<List<CallResult>> parts() {
        List<CallResult> all = calls();
        List<List<CallResult>> parts = new ArrayList<>();
        int from = 0;
        for (int mark : marks) {
            parts.add(all.subList(from, mark));
            from = mark;
        }
        parts.add(all.subList(from, all.size()));
        return parts;
    }

    public synchronized List<CallResult> calls() {
        return made.stream()
                .map(m -> new CallResult(
                        m.purpose,
                        "agent",
                        m.call,
                        m.arguments.stream().map(Argument::shown).toList(),
                        m.result,
                        false,
                        m.micros))
                .toList();
    }

    private synchronized int size() {
        return made.size();
    }

    private synchronized void take(CallLog aside) {
        aside.made.forEach(m -> made.add(new Made(purpose, m.call, m.arguments, m.result, Double.NaN)));
    }

    private synchronized int plannedDescriptor() {
        return FIRST_PLANNED_DESCRIPTOR + plannedDescriptors++;
    }

    private static boolean opens(String call) {
        return switch (call) {
            case "bpf", "open", "open_tree", "memfd_create", "pidfd_open", "socket" -> true;
            default -> false;
        };
    }

    private void noteUnlessNoted(int before, String name, String[] arguments, long result, long start) {
        if (size() == before) {
            double micros = (System.nanoTime() - start) / 1e3;
            List<Argument> shown =
                    Stream.of(arguments).map(text -> Argument.flags(0, text)).toList();
            note(name, shown, result, micros);
        }
    }

    /** Writes down a call that another thread has made for the calling one, when somebody listens. */
    static void note(CallResult call) {
        if (CURRENT.isBound()) {
            List<Argument> shown = call.arguments().stream()
                    .map(text -> Argument.flags(0, text))
                    .toList();
            CURRENT.get().note(call.call(), shown, call.result(), call.micros());
        }
    }

    private synchronized void note(String name, List<Argument> arguments, long result, double micros) {
        made.add(new Made(purpose, name, arguments, result, micros));
    }
}
