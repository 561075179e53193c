package io.slipway.sandbox.cgroup;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A group's directory in one hierarchy, and its files. */
record CgroupDirectory(Path path) {
    private static final int READ_BYTES = 8 * 1024;
    /** Members, and where new ones are written to. */
    static final String PROCESSES = "cgroup.procs";

    void make() throws SyscallException {
        Syscalls.mkdir(path, 0755);
    }

    /** As {@link #make}, where it may be there already. */
    void ensure() throws SyscallException {
        if (exists()) {
            return;
        }
        try {
            make();
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /** Whether a call failed since a directory is not there, any more. */
    static boolean isMissing(IOException failure) {
        Throwable call = failure.getCause() == null ? failure : failure.getCause();
        return call instanceof SyscallException e && e.isMissing();
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    void write(Setting setting) throws SyscallException {
        boolean written =
                setting.twin().isPresent() && writeIfThere(setting.twin().get());
        if (!written) {
            write(setting.file(), setting.value());
        } else {
            writeIfThere(setting);
        }
    }

    private boolean writeIfThere(Setting setting) throws SyscallException {
        try {
            write(setting.file(), setting.value());
            return true;
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            return false;
        }
    }

    void write(String file, String text) throws SyscallException {
        Syscalls.writeFile(path.resolve(file), text);
    }

    /** A file's text, empty when it is not there. */
    String read(String file) {
        try {
            return Syscalls.read(path.resolve(file), READ_BYTES).strip();
        } catch (SyscallException e) {
            return "";
        }
    }

    KeyedText keyed(String file) {
        return new KeyedText(read(file));
    }

    /** 0 when it is not there. */
    long number(String file) {
        return optional(file).orElse(0);
    }

    /** Empty when it is not there, or {@code max}. */
    OptionalLong optional(String file) {
        String text = read(file);
        return text.matches("[0-9]{1,19}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    List<Integer> processes() {
        List<Integer> pids = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(path.resolve(PROCESSES))) {
                // 0 stands for a process of a pid namespace that is not ours.
                if (!line.equals("0")) {
                    pids.add(Integer.valueOf(line));
                }
            }
        } catch (IOException e) {
            // It is gone, and nothing is in it.
            return List.of();
        }
        return pids;
    }

    /** Moves a process here, with all its threads; does nothing when it has ended. */
    void take(int pid) throws SyscallException {
        try {
            write(PROCESSES, Integer.toString(pid));
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
    }

    /** False while the kernel still counts something in it; true when it is gone, also before. */
    boolean remove() throws SyscallException {
        try {
            Syscalls.rmdir(path);
            return true;
        } catch (SyscallException e) {
            if (e.errno() == Errno.EBUSY) {
                return false;
            }
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            return true;
        }
    }
}
