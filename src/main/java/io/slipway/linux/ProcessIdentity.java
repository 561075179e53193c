package io.slipway.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that cannot be mistaken for a later one with the same number.
 *
 * @param startTicks when it began, in clock ticks since boot (proc_pid_stat(5), field 22)
 */
public record ProcessIdentity(int pid, long startTicks) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})-([0-9]{1,18})");

    /** Empty when there is no such process, or it has ended and only waits to be collected. */
    public static Optional<ProcessIdentity> of(int pid) {
        try {
            String stat = Syscalls.read(Path.of("/proc/" + pid + "/stat"), 1024);
            // The name may hold spaces and brackets: fields are counted after the last bracket.
            String[] field = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean ended = field[0].equals("Z") || field[0].equals("X");
            return ended ? Optional.empty() : Optional.of(new ProcessIdentity(pid, Long.parseLong(field[19])));
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    /** This process. */
    public static ProcessIdentity self() throws IOException {
        return of((int) ProcessHandle.current().pid())
                .orElseThrow(() -> new IOException("/proc is not mounted; containers need it"));
    }

    /** For names of what is its: {@code 4711-123456}. */
    public String text() {
        return pid + "-" + startTicks;
    }

    /** Of such a text; empty for any other. */
    public static Optional<ProcessIdentity> parse(String text) {
        Matcher form = TEXT.matcher(text);
        return form.matches()
                ? Optional.of(new ProcessIdentity(Integer.parseInt(form.group(1)), Long.parseLong(form.group(2))))
                : Optional.empty();
    }

    public boolean runs() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** A pidfd of it; empty when it has ended. */
    public Optional<Descriptor> open() {
        try {
            Descriptor handle = Syscalls.pidfdOpen(pid);
            if (runs()) {
                return Optional.of(handle);
            }
            handle.close();
            return Optional.empty();
        } catch (SyscallException e) {
            return Optional.empty();
        }
    }

    /** Host pids of its children. */
    public List<Integer> children() {
        return children(pid);
    }

    static List<Integer> children(int pid) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
            List<Integer> pids = new ArrayList<>();
            for (String word : text.split(" ")) {
                if (!word.isBlank()) {
                    pids.add(Integer.valueOf(word.strip()));
                }
            }
            return pids;
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Number of a process in its innermost pid namespace; 0 when it has ended. */
    public static int innermostPid(int pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("NSpid:")) {
                    return Integer.parseInt(line.substring(line.lastIndexOf('\t') + 1));
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }

    /** Id of this boot of the kernel; pids of another boot mean nothing. */
    public static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }
}
