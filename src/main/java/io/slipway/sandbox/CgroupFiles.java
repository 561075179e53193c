package io.slipway.sandbox;

import io.slipway.linux.CallLog;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** One cgroup directory, as both versions have it. */
final class CgroupFiles {
    private static final int READ_BYTES = 16 * 1024;
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final long PAUSE_NANOS = 2_000_000L;

    private CgroupFiles() {}

    /** Makes the directory and the two above it, which belong to us and to the owner. */
    static void create(Path directory, CallLog log) throws SyscallException {
        try {
            log.act("mkdir", () -> Syscalls.mkdir(directory, 0755), directory.toString());
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            ensure(parent(parent(directory)));
            ensure(parent(directory));
            log.act("mkdir", () -> Syscalls.mkdir(directory, 0755), directory.toString());
        }
    }

    static void ensure(Path directory) throws SyscallException {
        try {
            Syscalls.mkdir(directory, 0755);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    static void write(Path directory, String file, String text, CallLog log) throws SyscallException {
        Path path = directory.resolve(file);
        log.act("write", () -> Syscalls.writeFile(path, text), path.toString(), text);
    }

    /** A file's text, empty when it is not there. */
    static String read(Path directory, String file) {
        try {
            return Syscalls.read(directory.resolve(file), READ_BYTES).strip();
        } catch (SyscallException e) {
            return "";
        }
    }

    static long number(Path directory, String file) {
        String text = read(directory, file);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /** The number after a key in a file of {@code key value} lines. */
    static long keyed(Path directory, String file, String key) {
        for (String line : read(directory, file).split("\n")) {
            if (line.startsWith(key + " ")) {
                return Long.parseLong(line.substring(key.length() + 1).strip());
            }
        }
        return 0;
    }

    static List<Integer> processes(Path directory) {
        List<Integer> pids = new ArrayList<>();
        for (String line : read(directory, "cgroup.procs").split("\n")) {
            // 0 stands for a process of a pid namespace that is not ours.
            if (!line.isBlank() && !line.equals("0")) {
                pids.add(Integer.valueOf(line));
            }
        }
        return pids;
    }

    static void killAll(Path directory) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        List<Integer> pids = processes(directory);
        while (!pids.isEmpty() && System.nanoTime() < end) {
            pids.forEach(pid -> Syscalls.kill(pid, 9));
            LockSupport.parkNanos(PAUSE_NANOS);
            pids = processes(directory);
        }
    }

    /** Retries while the kernel still counts a process that has just ended. */
    static void remove(Path directory) throws SyscallException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                Syscalls.rmdir(directory);
                return;
            } catch (SyscallException e) {
                if (e.errno() == Errno.ENOENT) {
                    return;
                }
                if (e.errno() != Errno.EBUSY || System.nanoTime() > end) {
                    throw e;
                }
            }
            killAll(directory);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }
}
