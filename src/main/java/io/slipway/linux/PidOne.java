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
 *
 * @param inTerminal for an application whose input is a terminal: it leads a session of its own, of which that becomes the terminal. So keys send signals to
 *     it and not to its pid 1, and it is told when the terminal hangs up (credentials(7), tty_ioctl(4)).
 * @param fileSize given to the application alone: what pid 1 writes down is in a file too
 */
public record PidOne(boolean inTerminal, Optional<FileSize> fileSize) {
    /** For an application whose input and output are files and pipes. */
    public static final PidOne PLAIN = new PidOne(false, Optional.empty());

    /** RLIMIT_FSIZE, in bytes; -1 is none. */
    public record FileSize(long soft, long hard) {
        private static final int BYTES = 16;
        private static final int RESOURCE = 1;

        private String shown() {
            return "{rlim_cur=" + shown(soft) + ", rlim_max=" + shown(hard) + "}";
        }

        private static String shown(long bytes) {
            return bytes < 0 ? "infinity" : Long.toString(bytes);
        }
    }

    private static final long DATA = StaticExecutable.DATA;
    private static final int EXIT = 4;
    private static final int CLOSE = 5;
    private static final int UNBLOCK = 6;
    /** Whose arguments the machine code fills in. */
    private static final int EXEC = 7;

    private static final int SETSID = 8;
    private static final int TERMINAL_STEPS = 3;
    private static final int STATUS_DESCRIPTOR = 3;
    private static final long TIOCSCTTY = 0x540e;
    private static final long ALL = 0xffffffffL;

    /** The application's calls end before the clone returns. The last is made when its record has been written already. */
    private List<Integer> order() {
        List<Integer> order = new ArrayList<>(List.of(CLOSE));
        if (inTerminal) {
            order.addAll(List.of(SETSID, SETSID + 1));
        }
        if (fileSize.isPresent()) {
            order.add(limit());
        }
        order.addAll(List.of(UNBLOCK, EXEC, 0, 1, 2, 3, EXIT));
        return order;
    }

    private int limit() {
        return inTerminal ? SETSID + TERMINAL_STEPS : SETSID;
    }

    private int steps() {
        // That after the terminal's is made only when that failed.
        return order().size() + (inTerminal ? 1 : 0);
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
        // The limit is no part of its records.
        ByteBuffer data = ByteBuffer.allocate(recordBytes() + FileSize.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        program(architecture, data);
        return StaticExecutable.of(architecture, data.array());
    }

    private void program(Architecture architecture, ByteBuffer data) {
        Program program = new Program(architecture, data);
        long step = SyscallProgram.INSTRUCTION_BYTES;
        int passOver = SyscallProgram.MAY_FAIL;
        int vmVforkSigchld = 0x100 | 0x4000 | 17;
        // A failed clone (a pids limit of 1) is written down too; the wait then fails and ends it.
        program.put(0, SyscallNumber.CLONE, passOver | SyscallProgram.JUMP_IF_ZERO, CLOSE * step, vmVforkSigchld);
        program.put(1, SyscallNumber.WRITE, passOver, 0, STATUS_DESCRIPTOR, DATA, recordBytes());
        program.put(2, SyscallNumber.WAIT4, SyscallProgram.JUMP_IF_OTHER, 2 * step, -1, DATA + status());
        program.put(3, SyscallNumber.WRITE, passOver, 0, STATUS_DESCRIPTOR, DATA, recordBytes());
        program.put(EXIT, SyscallNumber.EXIT_GROUP, 0, 0);
        int go = SyscallProgram.JUMP_IF_ZERO;
        long last = (fileSize.isPresent() ? limit() : UNBLOCK) * step;
        program.put(CLOSE, SyscallNumber.CLOSE_RANGE, go, inTerminal ? SETSID * step : last, STATUS_DESCRIPTOR, ALL);
        program.put(UNBLOCK, SyscallNumber.RT_SIGPROCMASK, 0, 0, 2, DATA + emptyMask(), 0, 8);
        program.put(EXEC, SyscallNumber.EXECVE, 0, 0);
        if (inTerminal) {
            program.put(SETSID, SyscallNumber.SETSID, passOver, 0);
            program.put(SETSID + 1, SyscallNumber.IOCTL, passOver | go, last, 0, TIOCSCTTY, 0);
            program.put(SETSID + 2, SyscallNumber.CLOSE_RANGE, go, last, STATUS_DESCRIPTOR, ALL);
        }
        if (fileSize.isPresent()) {
            long struct = DATA + recordBytes();
            program.put(limit(), SyscallNumber.PRLIMIT64, go, UNBLOCK * step, 0, FileSize.RESOURCE, struct, 0);
            data.putLong(recordBytes(), fileSize.get().soft());
            data.putLong(recordBytes() + Long.BYTES, fileSize.get().hard());
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
        return order().stream()
                .map(index -> new CallResult(
                        purpose(index), "pid 1", name(index), shown(index), 0, mayFail(index), Double.NaN))
                .toList();
    }

    private boolean mayFail(int index) {
        return index == 0 || index == 1 || index == 3 || (index >= SETSID && !limits(index));
    }

    private boolean limits(int index) {
        return fileSize.isPresent() && index == limit();
    }

    private static Purpose purpose(int index) {
        return index > EXIT ? Purpose.EXEC : Purpose.PID_ONE;
    }

    private List<String> shown(int index) {
        if (limits(index)) {
            return List.of("0", "RLIMIT_FSIZE", fileSize.orElseThrow().shown(), "NULL");
        }
        return switch (index) {
            case 0 -> List.of("CLONE_VM|CLONE_VFORK|SIGCHLD", "NULL", "NULL", "NULL", "0");
            case 1, 3 -> List.of("3<status>", "<this record>", Integer.toString(recordBytes()));
            case 2 -> List.of("-1", "<status>", "0", "NULL");
            case EXIT -> List.of("0");
            case CLOSE -> List.of("3", "~0", "0");
            case EXEC -> List.of("<application>", "<argv>", "<envp>");
            case UNBLOCK -> List.of("SIG_SETMASK", "[]", "NULL", "8");
            case SETSID -> List.of();
            default -> List.of("0<terminal>", "TIOCSCTTY", "0");
        };
    }

    private String name(int index) {
        if (limits(index)) {
            return "prlimit64";
        }
        return switch (index) {
            case 0 -> "clone";
            case 1, 3 -> "write";
            case 2 -> "wait4";
            case EXIT -> "exit_group";
            case CLOSE -> "close_range";
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

        /** The errno of the call that was to limit the application's files; empty when it was not limited, or was. */
        public Optional<Integer> limitErrno() {
            return made.fileSize.isPresent() && result(made.limit()) < 0
                    ? Optional.of((int) -result(made.limit()))
                    : Optional.empty();
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
            for (int index : made.order()) {
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
            return new CallResult(
                    purpose(index), "pid 1", made.name(index), made.shown(index), result, mayFail, micros);
        }

        private long result(int index) {
            return word(index, 7);
        }

        private long word(int index, int word) {
            return data.getLong(SyscallProgram.HEADER_BYTES + index * SyscallProgram.INSTRUCTION_BYTES + 8 * word);
        }
    }
}
