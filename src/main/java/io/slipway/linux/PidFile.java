package io.slipway.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Which process is meant, kept in a file. Pids are used again, but not with the same start time in the same boot.
 *
 * @param startTicks field 22 of /proc/PID/stat (proc_pid_stat(5)), in clock ticks since boot
 */
record PidFile(int pid, long startTicks, String bootId) {
    /** Empty when there is no such process, or it has ended and was only not yet waited for. */
    static Optional<PidFile> of(int pid) {
        try {
            String boot = ProcessIdentity.bootId();
            return ProcessIdentity.of(pid).map(process -> new PidFile(pid, process.startTicks(), boot));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    boolean alive() {
        return of(pid).filter(this::equals).isPresent();
    }

    void save(Path file) throws IOException {
        // A name of its own: whoever finds a daemon saves it again, also while its keeper does.
        Path next = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + ".", ".next");
        Files.writeString(next, pid + " " + startTicks + " " + bootId + "\n");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** From a file that {@link #save} wrote; empty when there is none or it is of no use. */
    static Optional<PidFile> load(Path file) {
        try {
            String[] word = Files.readString(file).strip().split(" ");
            return word.length == 3
                    ? Optional.of(new PidFile(Integer.parseInt(word[0]), Long.parseLong(word[1]), word[2]))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
