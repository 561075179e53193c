package io.slipway.sandbox.oci;

import io.slipway.sandbox.oci.ConfigPlaces.Place;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes a config.json by chance, at any depth alike: a value for a likely one of its kind, or of another place, or of another kind; names; what is
 * there and what is not. What would reach beyond the test is put back.
 */
final class ConfigMutator {
    private static final List<Object> NUMBERS = List.of(
            0,
            1,
            -1,
            2,
            7,
            255,
            256,
            4095,
            4096,
            65_534,
            65_535,
            65_536,
            1_000_000,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            4_294_967_294L,
            4_294_967_295L,
            4_294_967_296L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            new BigDecimal("9223372036854775808"),
            new BigDecimal("18446744073709551615"),
            new BigDecimal("18446744073709551616"),
            new BigDecimal("-0.5"),
            new BigDecimal("1e300"),
            new BigDecimal("1e-300"));
    private static final List<Object> PATHS = List.of(
            "",
            "/",
            ".",
            "..",
            "../../..",
            "//",
            "/./x/../y",
            "x",
            "/x",
            "/x/y/z",
            "/proc",
            "/proc/self/fd/0",
            "/proc/self/cwd",
            "/proc/1/root",
            "/proc/sys/kernel",
            "/proc/keys",
            "/sys/fs/cgroup",
            "/dev",
            "/dev/null",
            "/dev/pts/0",
            "/etc/passwd",
            "/bin/busybox",
            "/bin/busybox/x",
            "/a\u0000b",
            "/\u202e",
            "/\n",
            "/" + "x".repeat(255),
            "/" + "x".repeat(256),
            // Short enough to be deleted by its path afterwards.
            "/" + "x/".repeat(300),
            "/" + "ä/".repeat(300),
            "/" + "x".repeat(5000));
    private static final List<Object> TEXTS = List.of(
            "",
            " ",
            "x",
            "a\u0000b",
            "\u202e",
            "ä\ud800",
            "1",
            "-1",
            "true",
            "null",
            "0-4096",
            "0,",
            "$(x)",
            "A=B",
            "=",
            "=x",
            "%s%n",
            "'",
            "\\",
            "x".repeat(5000));
    private static final List<Object> WORDS = List.of(
            "CAP_SYS_ADMIN",
            "CAP_",
            "cap_chown",
            "RLIMIT_NOFILE",
            "RLIMIT_NPROC",
            "RLIMIT_",
            "pid",
            "mount",
            "network",
            "user",
            "time",
            "cgroup",
            "bind",
            "rbind",
            "ro",
            "rro",
            "rw",
            "noexec",
            "relatime",
            "tmpfs",
            "proc",
            "sysfs",
            "devpts",
            "mqueue",
            "overlay",
            "nosuchfs",
            "size=1",
            "size=0",
            "mode=99999",
            "private",
            "rshared",
            "slave",
            "unbindable",
            "idmap",
            "ridmap",
            "tmpcopyup",
            "remount",
            "SCHED_FIFO",
            "SCHED_DEADLINE",
            "SCHED_BATCH",
            "IOPRIO_CLASS_RT",
            "IOPRIO_CLASS_IDLE",
            "net.ipv4.ip_forward",
            "kernel.panic",
            "kernel.shmmax",
            "LINUX32",
            "SCMP_ACT_KILL_PROCESS",
            "SCMP_ACT_NOTIFY",
            "SCMP_ACT_TRACE",
            "SCMP_CMP_MASKED_EQ",
            "SCMP_ARCH_X32",
            "SECCOMP_FILTER_FLAG_TSYNC",
            "unconfined",
            "monotonic",
            "hugetlb.2MB.max",
            "memory.high",
            "a",
            "b",
            "c",
            "p",
            "rwm",
            "1.0.2",
            "1.9.9",
            "2.0.0",
            "1.2.0-dev");
    /** Of the host, but harmless wherever it is shown. */
    private static final Set<String> SOURCES = Set.of("/etc/hostname", "rootfs/etc", "rootfs/tmp", "/nowhere");

    private final Random random;
    private final Set<String> changed = new TreeSet<>();

    ConfigMutator(Random random) {
        this.random = random;
    }

    /** Of a document that is one. */
    static @Nullable Object tree(byte[] config) {
        try {
            return JsonDocument.tree(config, "config.json");
        } catch (OciException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Some changes of a config.json, or of a part of one. */
    byte[] mutate(byte[] config) {
        return JsonDocument.write(mutated(config));
    }

    /** The same of its process section. */
    byte[] mutateProcess(byte[] process) {
        Map<String, @Nullable Object> config = new LinkedHashMap<>();
        config.put("process", mutated(process));
        keepWithin(config);
        return JsonDocument.write(Objects.requireNonNull(config.get("process")));
    }

    private Object mutated(byte[] config) {
        Object tree = Objects.requireNonNull(tree(config));
        do {
            List<Place> places = ConfigPlaces.of(tree);
            if (!places.isEmpty()) {
                change(any(places), places);
            }
        } while (random.nextInt(3) == 0);
        keepWithin(tree);
        return tree;
    }

    /** Places that were changed so far. */
    Set<String> changed() {
        return changed;
    }

    private void change(Place place, List<Place> places) {
        changed.add(place.path());
        switch (random.nextInt(12)) {
            case 0 -> place.remove();
            case 1 -> place.set(null);
            case 2 -> place.rename(place.key() + (random.nextBoolean() ? "x" : ""));
            case 3 -> place.set(copy(any(places).value()));
            case 4 -> place.set(otherKind());
            default -> place.set(alike(place));
        }
    }

    private @Nullable Object alike(Place place) {
        return switch (place.value()) {
            case Boolean flag -> !flag;
            case Number number -> random.nextInt(4) == 0 ? number.longValue() + random.nextInt(5) - 2 : any(NUMBERS);
            case String text -> text(place.path());
            case List<?> list -> list(list);
            case Map<?, ?> map -> random.nextBoolean() ? new LinkedHashMap<>() : copy(map);
            case null, default -> otherKind();
        };
    }

    private Object text(String path) {
        boolean isPath = path.matches(".*(path|Path|Paths\\[]|source|destination|cwd|args\\[])");
        return any(random.nextInt(4) == 0 ? TEXTS : isPath ? PATHS : WORDS);
    }

    private Object list(List<?> list) {
        List<@Nullable Object> other = new ArrayList<>();
        if (random.nextBoolean()) {
            return other;
        }
        // Many only of what costs no mount and no hook.
        boolean small = list.stream().allMatch(one -> one instanceof String || one instanceof Number);
        int times = 1 + random.nextInt(small ? 100 : 4);
        for (int i = 0; i < times; i++) {
            list.forEach(one -> other.add(copy(one)));
        }
        return other;
    }

    private @Nullable Object otherKind() {
        return switch (random.nextInt(7)) {
            case 0 -> null;
            case 1 -> new ArrayList<>(List.of(any(WORDS)));
            case 2 -> new LinkedHashMap<>(Map.of("type", any(WORDS)));
            case 3 -> any(NUMBERS);
            case 4 -> any(TEXTS);
            case 5 -> any(PATHS);
            default -> random.nextBoolean();
        };
    }

    private static @Nullable Object copy(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> other = new LinkedHashMap<>();
                map.forEach((name, one) -> other.put(String.valueOf(name), copy(one)));
                yield other;
            }
            case List<?> list -> {
                List<@Nullable Object> other = new ArrayList<>();
                list.forEach(one -> other.add(copy(one)));
                yield other;
            }
            case null, default -> value;
        };
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** The host's own root, groups and files would be changed for real, and a shell would read our standard input. */
    private static void keepWithin(Object tree) {
        for (Place place : ConfigPlaces.of(tree)) {
            String text = String.valueOf(place.value());
            switch (place.path()) {
                case "root.path" -> place.set("rootfs");
                case "linux.cgroupsPath" -> place.set(ConfigBases.GROUP);
                case "mounts[].source" -> {
                    if (place.value() instanceof String && text.contains("/") && !SOURCES.contains(text)) {
                        place.set("/etc/hostname");
                    }
                }
                case "process.args[]" -> {
                    if (text.endsWith("busybox")) {
                        place.set("/bin/true");
                    }
                }
                default -> {
                    if (place.path().matches("hooks\\..*path") && !text.startsWith("/bin/")) {
                        place.set("/bin/false");
                    }
                }
            }
        }
    }
}
