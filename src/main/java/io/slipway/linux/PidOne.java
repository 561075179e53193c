package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The first process of a container: a static executable of some hundred bytes that runs a fixed program by the same interpreter. It starts the
 * application with the arguments and environment that it was given, collects whatever child ends until it is the application, appends the
 * application's wait status to descriptor 3 and exits. So a container's exit is known although the agent was dead.
 *
 * <p>Started with {@code argv = [path of the application, its argv...]}; signals go to the application itself.
 */
public final class PidOne {
    /** Length of a record on descriptor 3; the last one counts. */
    public static final int RECORD_BYTES = 840;

    private static final long DATA = StaticExecutable.DATA;
    private static final int STEPS = 8;
    private static final int EXIT = 4;
    private static final int EXEC = 7;
    private static final int STATUS = SyscallProgram.HEADER_BYTES + SyscallProgram.INSTRUCTION_BYTES * (STEPS + 1);
    private static final int EMPTY_MASK = STATUS + 8;
    private static final int STATUS_DESCRIPTOR = 3;
    private static final String[] SHOWN = {
        "CLONE_VM|CLONE_VFORK|SIGCHLD; NULL; NULL; NULL; 0",
        "3<status>; <this record>; " + RECORD_BYTES,
        "-1; <status>; 0; NULL",
        "3<status>; <this record>; " + RECORD_BYTES,
        "0",
        "3; ~0; 0",
        "SIG_SETMASK; []; NULL; 8",
        "<application>; <argv>; <envp>"
    };
    /** The application's calls end before the clone returns. The last is made when its record has been written already. */
    private static final List<Integer> ORDER = List.of(5, 6, EXEC, 0, 1, 2, 3, 4);

    private PidOne() {}

    /** The executable file for this machine. */
    public static byte[] executable() {
        return executable(Architecture.here());
    }

    static byte[] executable(Architecture architecture) {
        ByteBuffer data = ByteBuffer.allocate(RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        program(architecture, data);
        return StaticExecutable.of(architecture, data.array());
    }

    private static void program(Architecture architecture, ByteBuffer data) {
        Program program = new Program(architecture, data);
        int step = SyscallProgram.INSTRUCTION_BYTES;
        int passOver = SyscallProgram.MAY_FAIL;
        int vmVforkSigchld = 0x100 | 0x4000 | 17;
        // A failed clone (a pids limit of 1) is written down too; the wait then fails and ends it.
        program.put(0, SyscallNumber.CLONE, passOver | SyscallProgram.JUMP_IF_ZERO, 5 * step, vmVforkSigchld);
        program.put(1, SyscallNumber.WRITE, passOver, 0, STATUS_DESCRIPTOR, DATA, RECORD_BYTES);
        program.put(2, SyscallNumber.WAIT4, SyscallProgram.JUMP_IF_OTHER, 2 * step, -1, DATA + STATUS);
        program.put(3, SyscallNumber.WRITE, passOver, 0, STATUS_DESCRIPTOR, DATA, RECORD_BYTES);
        program.put(4, SyscallNumber.EXIT_GROUP, 0, 0);
        program.put(5, SyscallNumber.CLOSE_RANGE, 0, 0, STATUS_DESCRIPTOR, 0xffffffffL);
        program.put(6, SyscallNumber.RT_SIGPROCMASK, 0, 0, 2, DATA + EMPTY_MASK, 0, 8);
        program.put(EXEC, SyscallNumber.EXECVE, 0, 0);
        data.putLong(SyscallProgram.HEADER_BYTES + STEPS * step, -1);
    }

    private record Program(Architecture architecture, ByteBuffer data) {
        void put(int index, SyscallNumber call, int flags, long offset, long... arguments) {
            data.position(SyscallProgram.HEADER_BYTES + index * SyscallProgram.INSTRUCTION_BYTES);
            data.putLong(call.number(architecture));
            for (int i = 0; i < 6; i++) {
                data.putLong(i < arguments.length ? arguments[i] : 0);
            }
            data.putLong(0).putLong(flags).putLong(offset).putLong(0);
        }
    }

    /** The calls that it would make, for an application that is executed and ends. */
    public static List<CallResult> planned() {
        return ORDER.stream()
                .map(index -> new CallResult(
                        purpose(index), "pid 1", name(index), shown(index), 0, index < 4 && index != 2, Double.NaN))
                .toList();
    }

    private static Purpose purpose(int index) {
        return index > 4 ? Purpose.EXEC : Purpose.PID_ONE;
    }

    private static List<String> shown(int index) {
        return List.of(SHOWN[index].split("; "));
    }

    private static String name(int index) {
        return switch (index) {
            case 0 -> "clone";
            case 1, 3 -> "write";
            case 2 -> "wait4";
            case 4 -> "exit_group";
            case 5 -> "close_range";
            case 6 -> "rt_sigprocmask";
            default -> "execve";
        };
    }

    /** The last whole record of what was written to descriptor 3. */
    public static Optional<Record> lastRecord(byte[] written) {
        int whole = written.length / RECORD_BYTES;
        return whole == 0
                ? Optional.empty()
                : Optional.of(new Record(ByteBuffer.wrap(written, (whole - 1) * RECORD_BYTES, RECORD_BYTES)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN)));
    }

    /** What pid 1 wrote down of its own calls. */
    public static final class Record {
        private final ByteBuffer data;

        private Record(ByteBuffer data) {
            this.data = data;
        }

        /** The application's pid within the container; a negative errno when it could not be made. */
        public int applicationPid() {
            return (int) result(0);
        }

        /** The errno of the application's execve; empty when it was executed. */
        public Optional<Integer> execErrno() {
            return result(EXEC) < 0 ? Optional.of((int) -result(EXEC)) : Optional.empty();
        }

        /** The application's wait status (wait4(2)); empty while it runs. */
        public Optional<Integer> waitStatus() {
            boolean ended = result(0) > 0 && result(2) == result(0);
            return ended ? Optional.of(data.getInt(STATUS)) : Optional.empty();
        }

        /** The calls made, in order of time. The write of the record itself is among them, as we read it; how long it took is unknown. */
        public List<CallResult> calls() {
            List<CallResult> calls = new ArrayList<>();
            double microsPerTick = MachineCode.microsPerTick();
            long before = data.getLong(SyscallProgram.HEADER_BYTES - 8);
            for (int index : ORDER) {
                long ticks = word(index, 10);
                if (ticks != 0) {
                    calls.add(call(index, result(index), (ticks - before) * microsPerTick));
                    before = ticks;
                } else if (follows(index)) {
                    calls.add(call(index, index == EXEC || index == EXIT ? 0 : RECORD_BYTES, Double.NaN));
                }
            }
            return calls;
        }

        /** Whether a call must have been made although it is not in the record: an exec that did not come back, or one after the record. */
        private boolean follows(int index) {
            return switch (index) {
                case EXEC -> result(0) > 0;
                case 1 -> true;
                case 3, EXIT -> waitStatus().isPresent();
                default -> false;
            };
        }

        private CallResult call(int index, long result, double micros) {
            boolean mayFail = (word(index, 8) & SyscallProgram.MAY_FAIL) != 0;
            return new CallResult(purpose(index), "pid 1", name(index), shown(index), result, mayFail, micros);
        }

        private long result(int index) {
            return word(index, 7);
        }

        private long word(int index, int word) {
            return data.getLong(SyscallProgram.HEADER_BYTES + index * SyscallProgram.INSTRUCTION_BYTES + 8 * word);
        }
    }
}
