package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Poll;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Signal;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Configurations that were changed by chance. Each is created and, where that goes, has its limits changed, a process join, is started and deleted: it
 * must end in a clear error or in a container, in time, and leave nothing: no descriptor, process, group, mount or file. For each of these some dozens
 * are damaged byte by byte and only read. Also a program: {@code SECONDS [SEED]}.
 */
public final class ConfigFuzz {
    private static final Duration SLOW = Duration.ofSeconds(15);
    private static final Duration SLOW_TO_READ = Duration.ofSeconds(5);
    private static final int READ_PER_CREATED = 30;
    private final Path directory;
    private final OciRuntime runtime;
    private final Bundle bundle;
    private final List<byte[]> bases;
    private final Set<String> places = new TreeSet<>();
    private final Set<String> files;
    private int refused;
    private int ran;
    private int read;
    private int updated;
    private int joined;
    private Set<String> changed = Set.of();
    private final Set<String> complaints = new HashSet<>();
    private final TreeMap<String, Integer> kinds = new TreeMap<>();

    ConfigFuzz(Path directory) throws IOException {
        this.directory = directory;
        runtime = new OciRuntime(directory.resolve("state"), Clock.systemUTC(), warning -> {});
        bundle = new Bundle(directory);
        bundle.write();
        bases = ConfigBases.of(directory);
        for (byte[] base : bases) {
            ConfigPlaces.of(ConfigMutator.tree(base)).forEach(place -> places.add(place.path()));
            // What is loaded once and stays open is opened now.
            attempt(base, new Random(1));
        }
        if (refused > 0) {
            throw new AssertionError("one of the configurations to begin with does not run: " + complaints);
        }
        files = open();
    }

    /** @throws AssertionError at the first that does not end as it must; the message holds the configuration */
    void run(long seed, Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        run(seed, () -> System.nanoTime() < end);
    }

    /** So many, always the same ones for a seed. */
    void run(long seed, int count) throws IOException {
        int until = refused + ran + count;
        run(seed, () -> refused + ran < until);
    }

    private void run(long seed, java.util.function.BooleanSupplier more) throws IOException {
        Random random = new Random(seed);
        ConfigMutator mutator = new ConfigMutator(random);
        DocumentDamage damage = new DocumentDamage(random);
        while (more.getAsBoolean()) {
            byte[] base = bases.get(random.nextInt(bases.size()));
            byte[] mutated = mutator.mutate(base);
            during(seed, mutated, () -> {
                attempt(mutated, random);
                checkNothingIsLeft();
            });
            for (int i = 0; i < READ_PER_CREATED; i++) {
                byte[] damaged = damage.damage(random.nextBoolean() ? mutated : mutator.mutate(base));
                during(seed, damaged, () -> read(damaged));
            }
        }
        changed = mutator.changed();
    }

    /** Something that is done to a configuration. */
    private interface Work {
        void run() throws IOException;
    }

    private void during(long seed, byte[] document, Work work) throws IOException {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(
                    "seed " + seed + ", after " + (refused + ran) + " configurations: " + e + "\n"
                            + new String(document, StandardCharsets.UTF_8)
                                    .substring(0, Math.min(document.length, 20_000)),
                    e);
        }
    }

    /** Every place of the configurations to begin with, with each value that is wrong almost everywhere; only read. */
    int readEachPlaceWith(List<Object> values) throws IOException {
        int before = read;
        for (byte[] base : bases) {
            int count = ConfigPlaces.of(ConfigMutator.tree(base)).size();
            for (int i = 0; i < count; i++) {
                for (Object value : values) {
                    Object tree = Objects.requireNonNull(ConfigMutator.tree(base));
                    ConfigPlaces.of(tree).get(i).set(value);
                    byte[] document = JsonDocument.write(tree);
                    during(0, document, () -> read(document));
                }
            }
        }
        return read - before;
    }

    private void read(byte[] document) throws IOException {
        long began = System.nanoTime();
        try {
            SeccompConfig.filter(BundleConfig.parse(document));
        } catch (IOException e) {
            complain(e);
        }
        read++;
        expectWithin(SLOW_TO_READ, began);
    }

    private void complain(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.length() < 10) {
            throw new AssertionError("an error that says nothing: " + e, e);
        }
        // What it complains of, without the values.
        int is = message.lastIndexOf(" is ");
        complaints.add(message.substring(is < 0 ? 0 : is + 4).replaceAll("\"[^\"]*\"|[0-9]+", "#"));
    }

    private void attempt(byte[] mutated, Random random) throws IOException {
        Files.write(bundle.directory().resolve("config.json"), mutated);
        long began = System.nanoTime();
        try {
            int pid = runtime.create(bundle.id(), CreateOptions.of(bundle.directory()));
            try {
                update(mutated, random);
                join(mutated, random);
                start();
            } finally {
                delete();
            }
            if (ProcessIdentity.of(pid).isPresent()) {
                throw new AssertionError("process " + pid + " is left");
            }
            ran++;
        } catch (IOException e) {
            complain(e);
            refused++;
            kinds.merge(e.getClass().getSimpleName(), 1, Integer::sum);
        }
        expectWithin(SLOW, began);
    }

    private void delete() {
        try {
            runtime.delete(bundle.id(), true);
        } catch (IOException e) {
            throw new AssertionError("it cannot be deleted: " + e.getMessage(), e);
        }
    }

    private static void expectWithin(Duration time, long began) {
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        if (took.compareTo(time) > 0) {
            throw new AssertionError("it took " + took.toMillis() + " ms");
        }
    }

    /** Limits as another command is given them. */
    private void update(byte[] mutated, Random random) throws IOException {
        Optional<Object> resources = section(mutated, "linux", "resources");
        if (resources.isPresent() && random.nextInt(4) == 0) {
            byte[] changed = new ConfigMutator(random).mutate(JsonDocument.write(resources.get()));
            tolerated("update", () -> runtime.update(bundle.id(), changed));
            updated++;
        }
    }

    /** A process as another command is given it. */
    private void join(byte[] mutated, Random random) throws IOException {
        Optional<Object> process = section(mutated, "process");
        if (process.isPresent() && random.nextInt(6) == 0) {
            byte[] changed = new ConfigMutator(random).mutateProcess(JsonDocument.write(process.get()));
            tolerated("exec", () -> collect(runtime.exec(bundle.id(), options(changed))));
            joined++;
        }
    }

    /** It is our child: until it is collected its process namespace does not end. */
    private static void collect(ExecResult joined) throws IOException {
        try (Descriptor process = Syscalls.pidfdOpen(joined.pid())) {
            Syscalls.pidfdSignal(process, Signal.SIGKILL);
            Poll.awaitEnd(process, SLOW);
            Syscalls.reap(process);
        }
    }

    private static ExecOptions options(byte[] process) {
        ExecOptions plain = ExecOptions.of(List.of());
        return new ExecOptions(
                Optional.of(process),
                plain.args(),
                plain.cwd(),
                plain.env(),
                plain.tty(),
                plain.user(),
                plain.additionalGids(),
                plain.capabilities(),
                plain.noNewPrivileges(),
                true,
                plain.pidFile(),
                plain.consoleSocket(),
                plain.preserveFds());
    }

    private static Optional<Object> section(byte[] config, String... names) {
        Object at = ConfigMutator.tree(config);
        for (String name : names) {
            at = at instanceof java.util.Map<?, ?> map ? map.get(name) : null;
        }
        return Optional.ofNullable(at);
    }

    private void start() throws IOException {
        // No process section, a startContainer hook, or a limit that the program could not be loaded within.
        tolerated("start", () -> runtime.start(bundle.id()));
    }

    private void tolerated(String what, Work work) throws IOException {
        try {
            work.run();
        } catch (IOException e) {
            complain(e);
            kinds.merge(what + " refused", 1, Integer::sum);
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
        return (refused + ran) + " configurations: " + ran + " ran, " + refused + " refused " + kinds + "; " + updated
                + " changes of limits, " + joined + " processes that join; " + read + " documents only read; "
                + changed.stream().filter(places::contains).count() + " of " + places.size() + " places changed, "
                + complaints.size() + " different complaints; nothing left behind";
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
