package io.slipway.linux;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * System calls that a child makes in turn, before any code of an image runs. It is data: the child's interpreter walks it, stores each result
 * beside its call, ends at the first failure that was not foreseen, and can be read afterwards by the parent, as they share memory.
 */
public final class SyscallProgram {
    static final int WORDS = 11;
    static final int INSTRUCTION_BYTES = WORDS * 8;
    static final int HEADER_BYTES = 32;
    static final int MAY_FAIL = 1;
    static final int JUMP_IF_ZERO = 2;
    static final int JUMP_IF_OTHER = 4;
    static final int STORE = 8;
    private static final int RESULT = 7;
    private static final int FLAGS = 8;
    private static final int OFFSET = 9;
    private static final int TICKS = 10;

    private final List<Step> steps = new ArrayList<>();
    private Purpose purpose = Purpose.PROCESS;

    /** What the calls appended from here on are made for. */
    public SyscallProgram purpose(Purpose next) {
        purpose = next;
        return this;
    }

    /** Appends a call. */
    public Step call(SyscallNumber number, Argument... arguments) {
        Step step = new Step(steps.size(), purpose, number, List.of(arguments));
        steps.add(step);
        return step;
    }

    /**
     * Lets it begin with waking who waits for the child's pid, which clone3 has stored by then; once, whoever asks. Calls after it move; jumps and
     * stored results follow them.
     */
    Step announce() {
        if (steps.isEmpty() || steps.getFirst().number != SyscallNumber.FUTEX) {
            steps.forEach(step -> step.makeRoom(0, 1));
            steps.addFirst(new Step(
                    0,
                    Purpose.NAMESPACES,
                    SyscallNumber.FUTEX,
                    List.of(
                            Argument.resultOf("pid"),
                            Argument.flags(Futex.WAKE_PRIVATE, "FUTEX_WAKE|FUTEX_PRIVATE_FLAG"),
                            Argument.number(1))));
        }
        return steps.getFirst();
    }

    public List<Step> steps() {
        return steps;
    }

    /** Index that the next call will have: a target of jumps. */
    public int next() {
        return steps.size();
    }

    /**
     * Puts calls before the one of that index. It and those after it move; jumps and stored results follow them, but a jump to it leads to the first
     * of these.
     *
     * @return those that were put in
     */
    List<Step> insert(int index, SyscallProgram calls) {
        List<Step> inserted = calls.steps;
        inserted.forEach(step -> step.index += index);
        steps.forEach(step -> step.makeRoom(index, inserted.size()));
        steps.addAll(index, inserted);
        return inserted;
    }

    /** The calls as they would be made: results and times are unknown. */
    List<CallResult> planned() {
        return steps.stream()
                .map(step -> new CallResult(
                        step.purpose,
                        "child",
                        step.number.call(),
                        step.arguments.stream().map(Argument::shown).toList(),
                        0,
                        (step.flags & MAY_FAIL) != 0,
                        Double.NaN))
                .toList();
    }

    int tableBytes() {
        return HEADER_BYTES + INSTRUCTION_BYTES * (steps.size() + 1);
    }

    Loaded load(ProgramMemory memory) {
        return load(memory, 0);
    }

    /** @param origin where this program begins, counted from the one that its interpreter was entered with: jumps and stores count from there */
    Loaded load(ProgramMemory memory, long origin) {
        ProgramMemory.Block block = memory.allocate(tableBytes());
        ByteBuffer table = block.view();
        table.putLong(0, -1);
        Map<Argument, Long> placed = new IdentityHashMap<>();
        for (Step step : steps) {
            int at = HEADER_BYTES + INSTRUCTION_BYTES * step.index;
            table.putLong(at, step.number.number());
            for (int i = 0; i < step.arguments.size(); i++) {
                table.putLong(at + 8 * (i + 1), encode(memory, step.arguments.get(i), placed));
            }
            table.putLong(at + 8 * FLAGS, step.flags);
            // Only jumps and stores look at it.
            table.putLong(at + 8 * OFFSET, step.offset + origin);
        }
        table.putLong(HEADER_BYTES + INSTRUCTION_BYTES * steps.size(), -1);
        return new Loaded(block.address(), table);
    }

    /** What another process has left of it. */
    Loaded walked(ByteBuffer table) {
        return new Loaded(0, table);
    }

    private static long encode(ProgramMemory memory, Argument argument, Map<Argument, Long> placed) {
        return switch (argument) {
            case Argument.Value v -> v.value();
            case Argument.Flags f -> f.value();
            case Argument.Open o -> o.descriptor().number();
            case Argument.Given g -> g.number();
            case Argument.Earlier e -> -1;
            case Argument.Text t -> memory.string(t.text());
            // An environment and a filter are the same for each place that a command is looked for at.
            case Argument.Texts t -> placed.computeIfAbsent(t, _ -> memory.strings(t.texts()));
            case Argument.Bytes b -> memory.bytes(b.bytes(), 8);
            case Argument.Content c -> memory.bytes(c.bytes(), 8);
            case Argument.Pointing p -> {
                Long before = placed.get(p);
                long address = before == null ? pointing(memory, p, placed) : before;
                placed.put(p, address);
                yield address;
            }
            case Argument.Pair _, Argument.Shown _ ->
                throw new IllegalArgumentException(argument.shown() + " cannot be passed on");
        };
    }

    private static long pointing(ProgramMemory memory, Argument.Pointing argument, Map<Argument, Long> placed) {
        ByteBuffer structure = ByteBuffer.wrap(argument.structure().clone()).order(ByteOrder.nativeOrder());
        argument.targets().forEach((at, target) -> structure.putLong(at, encode(memory, target, placed)));
        return memory.bytes(structure.array(), 8);
    }

    /** Says what a call's failure means for who asked for it, and what to do. */
    public interface Meaning {
        /**
         * In plain words; empty when the error itself says all.
         *
         * @param result of any call that was made, as the kernel gave it
         */
        Optional<String> of(int errno, ToLongFunction<Step> result);
    }

    /** One call of a program. */
    public static final class Step {
        private int index;
        private final Purpose purpose;
        private SyscallNumber number;
        private List<Argument> arguments;
        private int flags;
        private long offset;
        private Meaning meaning = (errno, result) -> Optional.empty();

        private Step(int index, Purpose purpose, SyscallNumber number, List<Argument> arguments) {
            this.index = index;
            this.purpose = purpose;
            this.number = number;
            this.arguments = arguments;
        }

        private void makeRoom(int from, int steps) {
            index += index >= from ? steps : 0;
            int target = (int) (offset / INSTRUCTION_BYTES);
            boolean jumps = (flags & JUMP_IF_ZERO) != 0 && target > from;
            boolean stores = (flags & STORE) != 0 && target >= from;
            offset += jumps || stores ? (long) INSTRUCTION_BYTES * steps : 0;
        }

        /** Another call in its place, with the same flags, jumps and purpose. */
        public Step instead(SyscallNumber other, Argument... others) {
            number = other;
            arguments = List.of(others);
            return this;
        }

        /** Goes on with the next call when this one fails. */
        public Step mayFail() {
            flags |= MAY_FAIL;
            return this;
        }

        /** What is told if it ends the program. */
        public Step means(Meaning failure) {
            meaning = failure;
            return this;
        }

        /** Goes on at the call of that index when the result is 0; the index may be of a call not yet appended. */
        public Step jumpIfZero(int target) {
            flags |= JUMP_IF_ZERO;
            offset = (long) INSTRUCTION_BYTES * target;
            return this;
        }

        /** Goes on at that many bytes from the program's start, in another program, when the result is 0. */
        Step jumpTo(long bytes) {
            flags |= JUMP_IF_ZERO;
            offset = bytes;
            return this;
        }

        /** Puts the result in place of an argument (0 to 5) of the call of that index. */
        public Step resultTo(int target, int argument) {
            flags |= STORE;
            offset = (long) INSTRUCTION_BYTES * target + 8L * (argument + 1);
            return this;
        }

        public List<Argument> arguments() {
            return arguments;
        }

        /** As an explanation shows it. */
        public String text() {
            return number.call() + arguments.stream().map(Argument::shown).collect(Collectors.joining(", ", "(", ")"));
        }

        public int index() {
            return index;
        }

        public SyscallNumber number() {
            return number;
        }
    }

    /** A program in native memory. */
    final class Loaded {
        private final long block;
        private final ByteBuffer table;

        private Loaded(long block, ByteBuffer table) {
            this.block = block;
            this.table = table;
        }

        /** Where the interpreter begins. */
        long address() {
            return block + HEADER_BYTES;
        }

        /** To be read once the native memory is used for something else: thirteen kilobytes, against a millisecond for decoding them at once. */
        Loaded copy() {
            ByteBuffer copy = ByteBuffer.allocate(table.capacity()).order(table.order());
            copy.put(0, table, 0, table.capacity());
            return new Loaded(0, copy);
        }

        /** Replaces what an argument points to, before the child reaches it; the length goes into the argument after it. */
        void fill(ProgramMemory memory, Step step, int argument, byte[] content) {
            table.putLong(at(step.index, argument + 1), memory.bytes(content, 8));
            table.putLong(at(step.index, argument + 2), content.length);
        }

        /** Puts a value in place of an argument that is the result of something earlier. */
        void put(Step step, int argument, long value) {
            table.putLong(at(step.index, argument + 1), value);
        }

        boolean made(Step step) {
            // Written by the child: never from a register.
            return new Pointer(block).getLong(at(step.index, TICKS)) != 0;
        }

        long result(Step step) {
            return new Pointer(block).getLong(at(step.index, RESULT));
        }

        /** What an argument (0 to 5) points to, once the child has made the call that writes there. */
        byte[] pointed(Step step, int argument, int length) {
            return new Pointer(table.getLong(at(step.index, argument + 1))).getByteArray(0, length);
        }

        /** The call that made the child. */
        CallResult clone3(List<String> arguments, long result) {
            long before = table.getLong(HEADER_BYTES - 16);
            long began = table.getLong(HEADER_BYTES - 8);
            double micros = began == 0 ? Double.NaN : (began - before) * MachineCode.microsPerTick();
            return new CallResult(Purpose.NAMESPACES, "agent", "clone3", arguments, result, false, micros);
        }

        /** The calls made so far, in order; the time of an exec that did not come back is not known. */
        List<CallResult> results() {
            List<CallResult> results = new ArrayList<>();
            double microsPerTick = MachineCode.microsPerTick();
            long before = table.getLong(HEADER_BYTES - 8);
            for (Step step : steps) {
                long ticks = table.getLong(at(step.index, TICKS));
                if (ticks != 0) {
                    // Where another program went before, nothing tells when the first call began.
                    results.add(result(step, before == 0 ? Double.NaN : (ticks - before) * microsPerTick));
                    before = ticks;
                }
            }
            if (executed()) {
                results.add(result(steps.get(reached()), Double.NaN));
            }
            return results;
        }

        /** The call that ended the program, if one did. */
        Optional<CallResult> fatal() {
            int last = reached();
            return last < steps.size() && fatal(steps.get(last))
                    ? Optional.of(result(steps.get(last), Double.NaN))
                    : Optional.empty();
        }

        /** What it means that a call ended the program; empty when none did, or its error says all. */
        Optional<String> meaning() {
            int last = reached();
            if (last >= steps.size() || !fatal(steps.get(last))) {
                return Optional.empty();
            }
            Step step = steps.get(last);
            int errno = (int) -table.getLong(at(last, RESULT));
            return step.meaning.of(errno, made -> table.getLong(at(made.index, RESULT)));
        }

        /** Whether an exec was reached and has not come back. */
        boolean executed() {
            int last = reached();
            return last < steps.size() && steps.get(last).number.executes() && table.getLong(at(last, TICKS)) == 0;
        }

        /** Index of the call that was under way when the child let go of the memory, or of the one that ended the program. */
        private int reached() {
            int next = 0;
            while (next < steps.size() && table.getLong(at(next, TICKS)) != 0 && !fatal(steps.get(next))) {
                next = following(next);
            }
            return next;
        }

        private boolean fatal(Step step) {
            return (step.flags & MAY_FAIL) == 0
                    && table.getLong(at(step.index, TICKS)) != 0
                    && table.getLong(at(step.index, RESULT)) < 0;
        }

        private int following(int index) {
            Step step = steps.get(index);
            boolean jump = (step.flags & JUMP_IF_ZERO) != 0 && table.getLong(at(index, RESULT)) == 0;
            return jump ? (int) (step.offset / INSTRUCTION_BYTES) : index + 1;
        }

        private CallResult result(Step step, double micros) {
            List<String> shown = new ArrayList<>();
            for (int i = 0; i < step.arguments.size(); i++) {
                shown.add(
                        step.arguments.get(i) instanceof Argument.Earlier e
                                ? e.shown(table.getLong(at(step.index, i + 1)))
                                : step.arguments.get(i).shown());
            }
            long result = table.getLong(at(step.index, RESULT));
            boolean mayFail = (step.flags & MAY_FAIL) != 0;
            return new CallResult(step.purpose, "child", step.number.call(), shown, result, mayFail, micros);
        }

        private static int at(int index, int word) {
            return HEADER_BYTES + INSTRUCTION_BYTES * index + 8 * word;
        }
    }
}
