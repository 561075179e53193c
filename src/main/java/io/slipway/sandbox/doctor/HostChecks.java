package io.slipway.sandbox.doctor;

import io.slipway.linux.CallResult;
import io.slipway.linux.KernelProbe;
import io.slipway.linux.Spawn;
import io.slipway.sandbox.IdRange;
import io.slipway.sandbox.SubordinateIds;
import io.slipway.sandbox.doctor.Doctor.Check;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Who asks, and what the host has left. */
final class HostChecks {
    private static final String AREA = "host";
    private static final long DISK_BYTES_MIN = 2L << 30;
    private static final long MEMORY_BYTES_MIN = 512L << 20;
    private static final long FILES_MIN = 65_536;
    private static final int CAP_SYS_RESOURCE = 24;
    /** Those without which a container cannot be made (include/uapi/linux/capability.h). */
    private static final Map<String, Integer> NEEDED = needed();

    private HostChecks() {}

    static List<Check> all(Doctor.Host host, Path dataDirectory) {
        return List.of(
                Check.of(AREA, "root", () -> List.of(root(host))),
                Check.of(AREA, "resource limits", () -> List.of(resources(host))),
                Check.of(AREA, "open files", () -> List.of(openFiles())),
                Check.of(AREA, "subordinate ids", () -> List.of(ids())),
                Check.of(AREA, "disk", () -> List.of(disk(dataDirectory))),
                Check.of(AREA, "data directory", () -> List.of(dataDirectory(host, dataDirectory))),
                Check.of(AREA, "memory", () -> List.of(memory())),
                Check.of(AREA, "clock", () -> List.of(clock())));
    }

    private static Finding root(Doctor.Host host) {
        if (!host.root()) {
            return Finding.missing(AREA, "root", "uid " + host.uid(), "run slipway as root");
        }
        List<String> lacking = NEEDED.entrySet().stream()
                .filter(capability -> !host.has(capability.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        return lacking.isEmpty()
                ? Finding.good(AREA, "root", "uid 0, with the capabilities that are needed")
                : Finding.missing(
                        AREA,
                        "root",
                        "uid 0 without " + String.join(", ", lacking),
                        "run it outside a container, or in one that keeps these");
    }

    private static Finding resources(Doctor.Host host) {
        return host.has(CAP_SYS_RESOURCE)
                ? Finding.good(AREA, "resource limits", "can be raised (CAP_SYS_RESOURCE)")
                : Finding.limited(
                        AREA,
                        "resource limits",
                        "no CAP_SYS_RESOURCE",
                        "hard limits cannot be raised, and the agent cannot be kept from the OOM killer",
                        "start it with higher limits (systemd: LimitNOFILE=, OOMScoreAdjust=), or with that capability");
    }

    private static Finding openFiles() {
        String limit = Doctor.text("/proc/self/limits")
                .lines()
                .filter(line -> line.startsWith("Max open files"))
                .findFirst()
                .orElse("");
        String[] words = limit.strip().split("\\s+");
        String hard = words.length > 4 ? words[4] : "?";
        boolean enough = hard.equals("unlimited") || hard.matches("[0-9]+") && Long.parseLong(hard) >= FILES_MIN;
        return enough
                ? Finding.good(AREA, "open files", "at most " + hard)
                : Finding.limited(
                        AREA,
                        "open files",
                        "at most " + hard,
                        "an edge with many connections, or many containers, will run out",
                        "ulimit -Hn 1048576 before it starts; systemd: LimitNOFILE=1048576");
    }

    /** Whoever else has ids of containers may read and signal what belongs to them. */
    private static Finding ids() {
        SubordinateIds ids;
        try {
            ids = SubordinateIds.ofHost();
        } catch (IOException e) {
            return Finding.missing(
                    AREA, "subordinate ids", String.valueOf(e.getMessage()), "correct these lines, or remove them");
        }
        long after = ids.first() + (long) ids.slots() * IdRange.DEFAULT.count();
        List<String> others = new ArrayList<>(users(ids.first(), after));
        others.addAll(owners(ids.first(), after));
        String range = ids.first() + " to " + (after - 1) + ", for " + ids.slots() + " containers";
        return others.isEmpty()
                ? Finding.good(AREA, "subordinate ids", range)
                : Finding.limited(
                        AREA,
                        "subordinate ids",
                        range + "; some are also those of " + String.join(", ", others),
                        "these may read and signal what belongs to containers, and containers what belongs to them",
                        "give slipway a range of its own in /etc/subuid and /etc/subgid: slipway:FIRST:COUNT");
    }

    private static List<String> users(long first, long after) {
        return Doctor.text("/etc/passwd")
                .lines()
                .map(line -> line.split(":"))
                .filter(field -> field.length > 2 && field[2].matches("[0-9]{1,10}"))
                .filter(field -> within(Long.parseLong(field[2]), 1, first, after))
                .map(field -> "user " + field[0])
                .toList();
    }

    private static List<String> owners(long first, long after) {
        return Doctor.text("/etc/subuid")
                .lines()
                .map(line -> line.split(":"))
                .filter(field -> field.length == 3 && !field[0].equals("slipway"))
                .filter(field -> field[1].matches("[0-9]{1,10}") && field[2].matches("[0-9]{1,10}"))
                .filter(field -> within(Long.parseLong(field[1]), Long.parseLong(field[2]), first, after))
                .map(field -> field[0] + " by /etc/subuid")
                .toList();
    }

    private static boolean within(long begin, long count, long first, long after) {
        return begin < after && begin + count > first;
    }

    private static Finding disk(Path dataDirectory) throws IOException {
        FileStore store = Files.getFileStore(existing(dataDirectory));
        long free = store.getUsableSpace();
        String found = String.format(
                Locale.ROOT, "%.1f GiB free for %s (%s)", free / (double) (1 << 30), dataDirectory, store.type());
        return free >= DISK_BYTES_MIN
                ? Finding.good(AREA, "disk", found)
                : Finding.limited(
                        AREA,
                        "disk",
                        found,
                        "images and logs will not fit",
                        "make room, or name another place with --data");
    }

    /** Whether what containers write can lie there, under an overlay. */
    private static Finding dataDirectory(Doctor.Host host, Path dataDirectory) throws IOException {
        Path parent = existing(dataDirectory);
        if (!host.root()) {
            return Finding.unknown(AREA, "data directory", "only root may mount on " + parent);
        }
        if (Files.exists(dataDirectory) && !Files.isDirectory(dataDirectory)) {
            return notHere(dataDirectory + " is no directory");
        }
        Path tried;
        try {
            tried = Files.createTempDirectory(parent, ".slipway-doctor-");
        } catch (IOException e) {
            return notHere("nothing can be made in " + parent + ": " + reason(e));
        }
        try (Trial trial = new Trial(Spawn.NEWNS)) {
            for (String name : List.of("lower", "upper", "work", "root")) {
                Files.createDirectory(tried.resolve(name));
            }
            String options = "lowerdir=" + tried + "/lower,upperdir=" + tried + "/upper,workdir=" + tried + "/work";
            trial.mount("none", "/", "", 16384 | 1 << 18, "").mount("overlay", tried + "/root", "overlay", 0, options);
            CallResult last = trial.run(child -> {}).getLast();
            return last.failed()
                    ? Finding.missing(
                            AREA,
                            "data directory",
                            "overlay on " + parent + ": " + last.errnoName(),
                            "name a directory on ext4, xfs or btrfs with --data; overlay cannot write to another overlay, or NFS")
                    : Finding.good(AREA, "data directory", "overlay can write to " + parent);
        } finally {
            delete(tried);
        }
    }

    private static Finding notHere(String found) {
        return Finding.missing(AREA, "data directory", found, "name a directory that can be written to with --data");
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException f && f.getReason() != null
                ? f.getReason().toLowerCase(Locale.ROOT)
                : e instanceof NoSuchFileException ? "it takes no new files" : String.valueOf(e.getMessage());
    }

    private static void delete(Path tried) throws IOException {
        List<Path> all;
        try (var files = Files.walk(tried)) {
            all = files.toList();
        }
        for (Path path : all.reversed()) {
            Files.delete(path);
        }
    }

    /** The directory, or the nearest above it that is there. */
    static Path existing(Path directory) {
        Path existing = directory.toAbsolutePath();
        while (!Files.isDirectory(existing)) {
            existing = Optional.ofNullable(existing.getParent()).orElse(Path.of("/"));
        }
        return existing;
    }

    private static Finding memory() {
        String line = Doctor.text("/proc/meminfo")
                .lines()
                .filter(l -> l.startsWith("MemAvailable:"))
                .findFirst()
                .orElse("MemAvailable: 0 kB");
        long bytes = Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        String found = String.format(Locale.ROOT, "%.1f GiB available", bytes / (double) (1 << 30));
        return bytes >= MEMORY_BYTES_MIN
                ? Finding.good(AREA, "memory", found)
                : Finding.limited(AREA, "memory", found, "slipway up will not fit beside containers", "free some");
    }

    private static Finding clock() {
        Optional<Boolean> kept = KernelProbe.clockSynchronized();
        return kept.orElse(false)
                ? Finding.good(AREA, "clock", "synchronized")
                : Finding.limited(
                        AREA,
                        "clock",
                        "the kernel says that nobody synchronizes it",
                        "times in decisions and logs of several hosts do not fit together; deadlines are kept all the same",
                        "start chrony, systemd-timesyncd or another NTP client");
    }

    private static Map<String, Integer> needed() {
        Map<String, Integer> needed = new LinkedHashMap<>();
        needed.put("CAP_CHOWN", 0);
        needed.put("CAP_DAC_OVERRIDE", 1);
        needed.put("CAP_KILL", 5);
        needed.put("CAP_SETGID", 6);
        needed.put("CAP_SETUID", 7);
        needed.put("CAP_NET_ADMIN", 12);
        needed.put("CAP_SYS_ADMIN", 21);
        needed.put("CAP_SETPCAP", 8);
        return needed;
    }
}
