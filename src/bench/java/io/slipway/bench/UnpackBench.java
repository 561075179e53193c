package io.slipway.bench;

import io.slipway.image.IdShift;
import io.slipway.image.ImageReference;
import io.slipway.image.ImageStore;
import io.slipway.image.PullProgress;
import io.slipway.image.PullSetup;
import io.slipway.image.SignaturePolicy;
import io.slipway.image.registry.RegistryClient;
import io.slipway.image.registry.RegistrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Time and memory of taking one large layer in: ours in a JVM with the agent's settings, podman, umoci and GNU tar as programs. Arguments: rounds,
 * scratch directory, file for the table.
 */
public final class UnpackBench {
    private final Path work;
    private final BigImage image;
    private final Optional<LoopbackRegistry> registry;
    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
    /** KiB, the most of all rounds. */
    private final Map<String, Long> peaks = new LinkedHashMap<>();

    private final Optional<Path> peakOf;
    private long idle;
    private long peakOfPrograms;
    private int number;

    private UnpackBench(Path work, BigImage image, Optional<LoopbackRegistry> registry) throws Exception {
        this.work = work;
        this.image = image;
        this.registry = registry;
        this.peakOf = Floor.compile(work, "peak");
    }

    /** One way to take the image in, into a new directory. */
    private interface Contender {
        void take(Path into) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Path work = Files.createTempDirectory(Path.of(args[1]), "slipway-unpack");
        try {
            BigImage image = BigImage.make(work);
            try (LoopbackRegistry registry = LoopbackRegistry.startedOrNull(work, image)) {
                UnpackBench bench = new UnpackBench(work, image, Optional.ofNullable(registry));
                String table = bench.run(Integer.parseInt(args[0]));
                Files.writeString(Path.of(args[2]), table);
                System.out.print(table);
            }
        } finally {
            Programs.run(work.getParent(), "rm", "-rf", work.toString());
        }
    }

    private String run(int rounds) throws Exception {
        Map<String, Contender> all = contenders();
        idle = ResidentMemory.resident();
        timed("slipway, warm", all.get("slipway, from a layout"));
        seconds.clear();
        all.keySet().forEach(name -> seconds.put(name, new ArrayList<>()));
        for (int i = 0; i < rounds; i++) {
            List<String> order = new ArrayList<>(all.keySet());
            Collections.shuffle(order, new Random(i));
            for (String name : order) {
                timed(name, all.get(name));
            }
        }
        return table(rounds);
    }

    private Map<String, Contender> contenders() {
        Map<String, Contender> all = new LinkedHashMap<>();
        all.put("slipway, from a layout", into -> ImageStore.open(into, IdShift.DEFAULT).importFrom("oci:" + image.layout() + ":big"));
        if (Programs.has("umoci")) {
            all.put("umoci unpack, from a layout", into -> program("umoci", "unpack", "--image", image.layout() + ":big", into.resolve("bundle").toString()));
        }
        if (Programs.has("podman")) {
            all.put("podman pull, from a layout", into -> podman(into, "oci:" + image.layout() + ":big"));
        }
        all.put("tar -xzf, of the layer alone", into -> program("tar", "-xzf", image.blob().toString(), "-C", into.toString()));
        registry.ifPresent(from -> {
            all.put("slipway pull, from the registry", into -> pull(from, into));
            if (Programs.has("podman")) {
                all.put("podman pull, from the registry", into -> podman(into, "docker://" + from.name()));
            }
            if (Programs.has("umoci")) {
                all.put("skopeo copy + umoci unpack, from the registry", into -> {
                    program("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "docker://" + from.name(), "oci:" + into.resolve("copy") + ":big");
                    program("umoci", "unpack", "--image", into.resolve("copy") + ":big", into.resolve("bundle").toString());
                });
            }
        });
        return all;
    }

    private static void pull(LoopbackRegistry from, Path into) throws IOException {
        ImageReference reference = ImageReference.parse(from.name());
        RegistrySettings settings = RegistrySettings.defaults().withPlainHttp(reference.registry());
        try (RegistryClient client = new RegistryClient(settings, PullProgress.NONE)) {
            ImageStore.open(into, IdShift.DEFAULT).with(PullSetup.of(client, PullProgress.NONE, SignaturePolicy.NONE)).pull(reference);
        }
    }

    /** It refuses a run directory whose name is longer than 50 characters. */
    private void podman(Path into, String source) throws Exception {
        Path run = Files.createTempDirectory(Path.of("/run"), "slipway");
        try {
            program(
                    "podman",
                    "--root",
                    into.resolve("root").toString(),
                    "--runroot",
                    run.toString(),
                    "--storage-driver",
                    "overlay",
                    "pull",
                    "-q",
                    "--tls-verify=false",
                    source);
        } finally {
            Programs.run(work, "rm", "-rf", run.toString());
        }
    }

    private void program(String... words) throws Exception {
        Path told = work.resolve("peak-kib");
        List<String> line = new ArrayList<>();
        peakOf.ifPresent(tool -> line.addAll(List.of(tool.toString(), told.toString())));
        line.addAll(List.of(words));
        Programs.run(work, line.toArray(String[]::new));
        if (peakOf.isPresent()) {
            peakOfPrograms = Math.max(peakOfPrograms, Long.parseLong(Files.readString(told).strip()));
        }
    }

    /** What was unpacked stays until all has ended: a file system that just deleted much is slow to make files anew. */
    private void timed(String name, Contender contender) throws Exception {
        Path into = Files.createDirectory(work.resolve("run" + number++));
        Programs.run(work, "sync");
        peakOfPrograms = 0;
        ResidentMemory.resetPeak();
        long start = System.nanoTime();
        contender.take(into);
        double taken = (System.nanoTime() - start) / 1e9;
        long peak = name.startsWith("slipway") ? ResidentMemory.peak() : peakOfPrograms;
        peaks.merge(name, peak, Math::max);
        seconds.computeIfAbsent(name, n -> new ArrayList<>()).add(taken);
        System.err.printf(Locale.ROOT, "%s: %.2f s, %d MiB%n", name, taken, peak >> 10);
    }

    private String table(int rounds) throws IOException {
        StringBuilder text = new StringBuilder("""
            # Taking a large layer in

            One layer of %d MB in %,d entries, %d MB as gzip, made of files below /usr; seconds. Taken in turn, shuffled, in one run of %d rounds, each after a
            `sync`, into a new directory. %d cores, Linux %s. Ours runs within a JVM with the agent's settings; the others are programs, started
            each time. Nobody waits for the disk but for ours, which has the compressed blob on disk when it ends. Repeat it with `src/bench/unpack`. Other
            work ran on the machine: compare within the table only.

            | who | lowest | median | peak memory, MiB |
            |---|---|---|---|
            """.formatted(
                        image.bytes() / 1_000_000,
                        image.entries(),
                        Files.size(image.blob()) / 1_000_000,
                        rounds,
                        Runtime.getRuntime().availableProcessors(),
                        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip().replaceAll("-.*", "")));
        seconds.forEach((name, list) -> text.append(String.format(
                Locale.ROOT, "| %s | %.2f | %.2f | %d |%n", name, Timing.at(list, 0), Timing.at(list, 0.5), peaks.getOrDefault(name, 0L) >> 10)));
        text.append(String.format(
                Locale.ROOT,
                "%nMemory is what was resident at most: of ours the whole JVM, which had %d MiB before the first; of programs the largest process.%n",
                idle >> 10));
        return text.toString();
    }
}
