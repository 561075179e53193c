package io.slipway.sandbox.oci;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Changes a config.json by chance: values, kinds of values, names, and at last bytes. What would reach beyond the test is put back. */
final class ConfigMutator {
    private static final List<Object> VALUES = List.of(
            "",
            " ",
            "x",
            "/",
            "..",
            "../../..",
            "/proc/self/fd/0",
            "/proc/1/root",
            "a\u0000b",
            "\u202e",
            "ä\ud800",
            "1",
            "true",
            "CAP_SYS_ADMIN",
            "CAP_",
            "RLIMIT_NOFILE",
            "pid",
            "mount",
            "user",
            "time",
            "bind",
            "rbind",
            "ro",
            "rro",
            "tmpfs",
            "proc",
            "sysfs",
            "cgroup",
            "devpts",
            "overlay",
            "size=1",
            "mode=99999",
            "rshared",
            "idmap",
            "tmpcopyup",
            "A=B",
            "=",
            "sh",
            "/bin/sh",
            "SCHED_FIFO",
            "net.ipv4.ip_forward",
            "kernel.panic",
            "unbindable",
            "LINUX32",
            "SCMP_ACT_KILL_PROCESS",
            "x".repeat(5000),
            0,
            1,
            -1,
            2,
            4095,
            65535,
            65536,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            4294967294L,
            4294967295L,
            4294967296L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            true,
            false);
    private static final List<String> RAW = List.of(
            "1e999999999",
            "-0",
            "0.5",
            "1E400",
            "18446744073709551615",
            "18446744073709551616",
            "123456789012345678901234567890",
            "[[[[[[[[[[]]]]]]]]]]",
            "{\"a\":1,\"a\":2}",
            "nul",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "//",
            "'x'");
    private final Random random;

    ConfigMutator(Random random) {
        this.random = random;
    }

    byte[] mutate(byte[] config, String cgroup) throws IOException {
        Object tree = Objects.requireNonNull(JsonDocument.tree(config, "config.json"));
        for (int i = random.nextInt(3); i >= 0; i--) {
            change(tree);
        }
        keepWithin(tree, cgroup);
        byte[] bytes = JsonDocument.write(tree);
        return random.nextInt(8) == 0 ? damage(bytes) : bytes;
    }

    /** Only where it cannot lead to another valid document: the parser refuses most, and no group, root or hook is then made. */
    private byte[] damage(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        if (random.nextBoolean()) {
            return java.util.Arrays.copyOf(bytes, at);
        }
        String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        int colon = text.indexOf(": ", Math.min(at, text.length() - 1));
        if (colon < 0) {
            return java.util.Arrays.copyOf(bytes, at);
        }
        String raw = RAW.get(random.nextInt(RAW.size()));
        String damaged = text.substring(0, colon) + ": " + raw + "," + text.substring(colon + 2);
        return damaged.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    private void change(@Nullable Object at) {
        if (at instanceof Map<?, ?> map && !map.isEmpty()) {
            Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
            String name = new ArrayList<>(object.keySet()).get(random.nextInt(object.size()));
            Object value = object.get(name);
            if (goesDeeper(value)) {
                change(value);
            } else {
                switch (random.nextInt(5)) {
                    case 0 -> object.remove(name);
                    case 1 -> object.put(name, null);
                    case 2 -> object.put(name + "x", value);
                    default -> object.put(name, value());
                }
            }
        } else if (at instanceof List<?> any) {
            List<@Nullable Object> list = (List<@Nullable Object>) any;
            int index = list.isEmpty() ? 0 : random.nextInt(list.size());
            if (!list.isEmpty() && goesDeeper(list.get(index))) {
                change(list.get(index));
            } else if (list.isEmpty() || random.nextInt(3) == 0) {
                list.add(list.isEmpty() ? value() : list.get(index));
            } else if (random.nextBoolean()) {
                list.remove(index);
            } else {
                list.set(index, value());
            }
        }
    }

    private boolean goesDeeper(@Nullable Object value) {
        return (value instanceof Map || value instanceof List) && random.nextInt(6) != 0;
    }

    private @Nullable Object value() {
        return switch (random.nextInt(12)) {
            case 0 -> null;
            case 1 -> new ArrayList<>(List.of(VALUES.get(random.nextInt(VALUES.size()))));
            case 2 -> new LinkedHashMap<>(Map.of("type", VALUES.get(random.nextInt(VALUES.size()))));
            default -> VALUES.get(random.nextInt(VALUES.size()));
        };
    }

    /** A root or a group that is the host's would be changed for real. */
    @SuppressWarnings("unchecked")
    private static void keepWithin(@Nullable Object tree, String cgroup) {
        if (tree instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> config = (Map<String, @Nullable Object>) map;
            if (config.get("root") instanceof Map<?, ?> root && root.containsKey("path")) {
                ((Map<String, @Nullable Object>) root).put("path", "rootfs");
            }
            if (config.get("linux") instanceof Map<?, ?> linux) {
                ((Map<String, @Nullable Object>) linux).put("cgroupsPath", cgroup);
            }
        }
    }
}
