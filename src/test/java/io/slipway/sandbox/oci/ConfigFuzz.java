package io.slipway.sandbox.oci;

import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Creates, and where that goes starts and deletes, containers of configurations that were changed by chance. Every one must end in a clear error or in a
 * container, in time, and leave nothing: no descriptor, process, group, mount or file. Also a program: {@code SECONDS [SEED]}.
 */
public final class ConfigFuzz {
    private static final Duration SLOW = Duration.ofSeconds(15);
    private static final String GROUP = "/slipway-fuzz/c";
    private final Path directory;
    private final OciRuntime runtime;
    private final Bundle bundle;
    private final byte[] config;
    private final Set<String> files;
    private int refused;
    private int ran;
    private final TreeMap<String, Integer> kinds = new TreeMap<>();

    ConfigFuzz(Path directory) throws IOException {
        this.directory = directory;
        runtime = new OciRuntime(directory.resolve("state"), Clock.systemUTC(), warning -> {});
        bundle = new Bundle(directory);
        fill();
        config = bundle.json();
        bundle.write();
        // What is loaded once and stays open is opened now.
        attempt(config);
        files = open();
    }

    /** One of everything, so that each is changed at times. */
    private void fill() {
        String hosts = "/etc/hostname";
        bundle.set("process.rlimits", List.of(Bundle.map("type", "RLIMIT_NOFILE", "soft", 512, "hard", 1024)))
                .set("process.oomScoreAdj", 10)
                .set("process.user.additionalGids", List.of(1, 2))
                .set("process.scheduler", Bundle.map("policy", "SCHED_OTHER", "nice", 1))
                .set("process.ioPriority", Bundle.map("class", "IOPRIO_CLASS_BE", "priority", 4))
                .set("domainname", "example")
                .set("annotations", Bundle.map("a", "b"))
                .set("hooks.createRuntime", List.of(Bundle.map("path", "/bin/true", "timeout", 5)))
                .set(
                        "hooks.poststop",
                        List.of(Bundle.map("path", "/bin/true", "args", List.of("true"), "env", List.of("A=B"))))
                .set("linux.devices", List.of(Bundle.map("path", "/dev/x", "type", "c", "major", 1, "minor", 3)))
                .set("linux.sysctl", Bundle.map("net.ipv4.ip_forward", "1"))
                .set("linux.rootfsPropagation", "private")
                .set("linux.personality", Bundle.map("domain", "LINUX"))
                .set(
                        "linux.resources",
                        Bundle.map(
                                "memory", Bundle.map("limit", 64 << 20, "reservation", 32 << 20),
                                "cpu", Bundle.map("shares", 512, "quota", 50_000, "period", 100_000, "cpus", "0"),
                                "pids", Bundle.map("limit", 20),
                                "devices", List.of(Bundle.map("allow", false, "access", "rwm"))))
                .set("linux.uidMappings", List.of())
                .addMount(Bundle.mount("/etc/one", "bind", hosts, "bind", "ro", "nosuid", "rprivate"))
                .addMount(Bundle.mount("/scratch", "tmpfs", "tmpfs", "size=1m", "mode=700"));
    }

    /** @throws AssertionError at the first that does not end as it must; the message holds the configuration */
    void run(long seed, Duration time) throws IOException {
        Random random = new Random(seed);
        ConfigMutator mutator = new ConfigMutator(random);
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            byte[] mutated = mutator.mutate(config, GROUP);
            try {
                attempt(mutated);
                checkNothingIsLeft();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ", after " + (refused + ran) + " configurations: " + e + "\n"
                                + new String(mutated, java.nio.charset.StandardCharsets.UTF_8),
                        e);
            }
        }
    }

    private void attempt(byte[] mutated) throws IOException {
        Files.write(bundle.directory().resolve("config.json"), mutated);
        long began = System.nanoTime();
        try {
            int pid = runtime.create(bundle.id(), CreateOptions.of(bundle.directory()));
            start();
            runtime.delete(bundle.id(), true);
            if (ProcessIdentity.of(pid).isPresent()) {
                throw new AssertionError("process " + pid + " is left");
            }
            ran++;
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            if (message.length() < 10) {
                throw new AssertionError("an error that says nothing: " + e, e);
            }
            refused++;
            kinds.merge(e.getClass().getSimpleName(), 1, Integer::sum);
        }
        if (Duration.ofNanos(System.nanoTime() - began).compareTo(SLOW) > 0) {
            throw new AssertionError(
                    "it took " + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
        }
    }

    private void start() throws IOException {
        try {
            runtime.start(bundle.id());
        } catch (OciException e) {
            // No process section, a startContainer hook, or a limit that the program could not be loaded within.
            kinds.merge("start refused", 1, Integer::sum);
        }
    }

    private void checkNothingIsLeft() throws IOException {
        expect(runtime.list().isEmpty(), "containers " + runtime.list());
        try (var left = Files.list(directory.resolve("state"))) {
            expect(
                    left.noneMatch(path -> !path.getFileName().toString().startsWith(".groups")),
                    "files below the runtime's root");
        }
        for (Path root : Hierarchies.detect().roots()) {
            expect(!Files.exists(root.resolve("slipway-fuzz")), "group " + root.resolve("slipway-fuzz"));
        }
        expect(!Files.readString(Path.of("/proc/self/mounts")).contains(directory.toString()), "mounts");
        Set<String> now = open();
        now.removeAll(files);
        expect(now.isEmpty(), "descriptors " + now);
    }

    private static void expect(boolean condition, String left) {
        if (!condition) {
            throw new AssertionError("left behind: " + left);
        }
    }

    /** What descriptors are open on; pipes and the like by number. */
    private static Set<String> open() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.map(ConfigFuzz::target)
                    .filter(target -> !target.endsWith("/fd"))
                    .collect(Collectors.toSet());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // The one that the listing itself had open.
            return "/fd";
        }
    }

    String report() {
        return (refused + ran) + " configurations: " + ran + " ran, " + refused + " refused " + kinds
                + "; nothing left behind";
    }

    public static void main(String[] args) throws IOException {
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        Path directory = Files.createTempDirectory("slipway-fuzz");
        try {
            ConfigFuzz fuzz = new ConfigFuzz(directory);
            System.out.println("seed " + seed);
            fuzz.run(seed, Duration.ofSeconds(Long.parseLong(args[0])));
            System.out.println(fuzz.report());
        } finally {
            try (var all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
