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
public enum PidOne {
    /** For an application whose input and output are files and pipes. */
    PLAIN(List.of(5, 6, 7, 0, 1, 2, 3, 4)),
    /**
     * For one whose input is a terminal: it leads a session of its own, of which that becomes the terminal. So keys send signals to it and not to its
     * pid 1, and it is told when the terminal hangs up (credentials(7), tty_ioctl(4)).
     */
    IN_TERMINAL(List.of(5, 8, 9, 6, 7, 0, 1, 2, 3, 4));

    private static final long DATA = StaticExecutable.DATA;
    private static final int EXIT = 4;
    private static final int UNBLOCK = 6;
    /** Whose arguments the machine code fills in. */
    private static final int EXEC = 7;

    private static final int SETSID = 8;
    private static final int STATUS_DESCRIPTOR = 3;
    private static final long TIOCSCTTY = 0x540e;
    private static final long ALL = 0xffffffffL;
    /** The application's calls end before the clone returns. The last is made when its record has been written already. */
    private final List<Integer> order;

    PidOne(List<Integer> order) {
        this.order = order;
    }

    private int steps() {
        // That after the terminal's is made only when that failed.
        return order.size() + (this == IN_TERMINAL ? 1 : 0);
    }

    private int status() {
        return SyscallProgram.HEADER_BYTES + SyscallProgram.INSTRUCTION_BYTES * (steps() + 1);
    }

    /** Length of a record on descriptor 3; the last one counts. */
    public int recordBytes() {
        return emptyMask() + 8;
    }

    /**
     * A record that tells of no call, for who executes it to put before its own: from then on it is known that nothing holds it back any more, and that
     * there was room to say so.
     */
    public byte[] blankRecord() {
        return new byte[recordBytes()];
    }

    private int emptyMask() {
        return status() + 8;
    }

    /** The executable file for this machine. */
    public byte[] executable() {
        return executable(Architecture.here());
    }

    byte[] executable(Architecture architecture) {
        ByteBuffer data = ByteBuffer.allocate(recordBytes()).order(ByteOrder.LITTLE_ENDIAN);
        program(architecture, data);
        return StaticExecutable.of(architecture, data.array());
    }

    private void program(Architecture architecture, ByteBuffer data) {
        Program program = new Program(architecture, data);
        long step = SyscallProgram.INSTRUCTION_BYTES;
        int passOver = SyscallProgram.MAY_FAIL;
        int vmVforkSigchld = 0x100 | 0x4000 | 17;
        // A failed clone (a pids limit of 1) is written down too; the wait then fails and ends it.
        program.put(0, SyscallNumber.CLONE, passOver | SyscallProgram.JUMP_IF_ZERO, 5 * step, vmVforkSigchld);
        program.put(1, SyscallNumber.WRITE, passOver, 0, STATUS_DESCRIPTOR, DATA, recordBytes());
        program.put(2, SyscallNumber.WAIT4, SyscallProgram.JUMP_IF_OTHER, 2 * step, -1, DATA + status());
        program.put(3, SyscallNumber.WRITE, passOver, 0, STATUS_DESCRIPTOR, DATA, recordBytes());
        program.put(EXIT, SyscallNumber.EXIT_GROUP, 0, 0);
        boolean terminal = this == IN_TERMINAL;
        int onceClosed = terminal ? SyscallProgram.JUMP_IF_ZERO : 0;
        program.put(5, SyscallNumber.CLOSE_RANGE, onceClosed, SETSID * step, STATUS_DESCRIPTOR, ALL);
        program.put(UNBLOCK, SyscallNumber.RT_SIGPROCMASK, 0, 0, 2, DATA + emptyMask(), 0, 8);
        program.put(EXEC, SyscallNumber.EXECVE, 0, 0);
        if (terminal) {
            int back = SyscallProgram.JUMP_IF_ZERO;
            program.put(SETSID, SyscallNumber.SETSID, passOver, 0);
            program.put(SETSID + 1, SyscallNumber.IOCTL, passOver | back, UNBLOCK * step, 0, TIOCSCTTY, 0);
            program.put(SETSID + 2, SyscallNumber.CLOSE_RANGE, back, UNBLOCK * step, STATUS_DESCRIPTOR, ALL);
        }
        data.putLong(SyscallProgram.HEADER_BYTES + steps() * SyscallProgram.INSTRUCTION_BYTES, -1);
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
    public List<CallResult> planned() {
        return order.stream()
                .map(index -> new CallResult(
                        purpose(index), "pid 1", name(index), shown(index), 0, mayFail(index), Double.NaN))
                .toList();
    }

    private static boolean mayFail(int index) {
        return index == 0 || index == 1 || index == 3 || index >= SETSID;
    }

    private static Purpose purpose(int index) {
        return index > EXIT ? Purpose.EXEC : Purpose.PID_ONE;
    }

    private List<String> shown(int index) {
        return switch (index) {
            case 0 -> List.of("CLONE_VM|CLONE_VFORK|SIGCHLD", "NULL", "NULL", "NULL", "0");
            case 1, 3 -> List.of("3<status>", "<this record>", Integer.toString(recordBytes()));
            case 2 -> List.of("-1", "<status>", "0", "NULL");
            case EXIT -> List.of("0");
            case 5 -> List.of("3", "~0", "0");
            case EXEC -> List.of("<application>", "<argv>", "<envp>");
            case UNBLOCK -> List.of("SIG_SETMASK", "[]", "NULL", "8");
            case SETSID -> List.of();
            default -> List.of("0<terminal>", "TIOCSCTTY", "0");
        };
    }

    private static String name(int index) {
        return switch (index) {
            case 0 -> "clone";
            case 1, 3 -> "write";
            case 2 -> "wait4";
            case EXIT -> "exit_group";
            case 5 -> "close_range";
            case UNBLOCK -> "rt_sigprocmask";
            case EXEC -> "execve";
            case SETSID -> "setsid";
            default -> "ioctl";
        };
    }

    /** The last whole record of what was written to descriptor 3; empty when there is none but a {@link #blankRecord}. */
    public Optional<Record> lastRecord(byte[] written) {
        int whole = written.length / recordBytes();
        return whole == 0
                ? Optional.empty()
                : Optional.of(new Record(
                                this,
                                ByteBuffer.wrap(written, (whole - 1) * recordBytes(), recordBytes())
                                        .slice()
                                        .order(ByteOrder.LITTLE_ENDIAN)))
                        .filter(record -> record.applicationPid() != 0);
    }

    /** What pid 1 wrote down of its own calls. */
    public static final class Record {
        private final PidOne made;
        private final ByteBuffer data;

        private Record(PidOne made, ByteBuffer data) {
            this.made = made;
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
            return ended ? Optional.of(data.getInt(made.status())) : Optional.empty();
        }

        /** The calls made, in order of time. The write of the record itself is among them, as we read it; how long it took is unknown. */
        public List<CallResult> calls() {
            List<CallResult> calls = new ArrayList<>();
            double microsPerTick = MachineCode.microsPerTick();
            long before = data.getLong(SyscallProgram.HEADER_BYTES - 8);
            for (int index : made.order) {
                long ticks = word(index, 10);
                if (ticks != 0) {
                    calls.add(call(index, result(index), (ticks - before) * microsPerTick));
                    before = ticks;
                } else if (follows(index)) {
                    calls.add(call(index, index == EXEC || index == EXIT ? 0 : made.recordBytes(), Double.NaN));
                }
            }
            return calls;
        }

        /** Whether a call must have been made although it is not in the record: an exec that did not come back, or one after the record. */
        private boolean follows(int index) {
            if (index == EXEC) {
                return result(0) > 0;
            }
            return index == 1 || ((index == 3 || index == EXIT) && waitStatus().isPresent());
        }

        private CallResult call(int index, long result, double micros) {
            boolean mayFail = (word(index, 8) & SyscallProgram.MAY_FAIL) != 0;
            return new CallResult(purpose(index), "pid 1", name(index), made.shown(index), result, mayFail, micros);
        }

        private long result(int index) {
            return word(index, 7);
        }

        private long word(int index, int word) {
            return data.getLong(SyscallProgram.HEADER_BYTES + index * SyscallProgram.INSTRUCTION_BYTES + 8 * word);
        }
    }
}
