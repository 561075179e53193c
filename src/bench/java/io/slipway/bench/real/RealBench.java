package io.slipway.bench.real;

import io.slipway.app.demo.Load;
import io.slipway.app.demo.LocalSlipway;
import io.slipway.app.demo.SampleImages;
import io.slipway.cli.ApiClient;
import io.slipway.cli.RolloutFollower;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;

/**
 * Real containers that become worse, judged by whole installations. Arguments: directory, rounds, watch, file of the runs, file of the table. In a round each
 * service gets one release; all of them at once.
 */
public final class RealBench {
    private static final int CLIENTS = 500;
    private static final double REQUESTS_PER_SECOND = 50;
    private static final Duration AT_MOST = Duration.ofMinutes(12);

    private final Path directory;
    private final int rounds;
    private final String watch;
    private final Runs runs;

    private RealBench(Path directory, int rounds, String watch, Runs runs) {
        this.directory = directory;
        this.rounds = rounds;
        this.watch = watch;
        this.runs = runs;
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int rounds = Integer.parseInt(args[1]);
        Runs runs = new Runs(Path.of(args[3]));
        new RealBench(directory, rounds, args[2], runs).run();
        String table = heading(rounds, args[2]) + runs.rows();
        Files.writeString(Path.of(args[4]), table);
        System.out.print(table);
    }

    private void run() throws Exception {
        String image = "oci:" + directory.resolve("images") + ":v1";
        SampleImages.build(directory.resolve("images"));
        List<LocalSlipway> installations = new CopyOnWriteArrayList<>();
        Thread ifInterrupted = new Thread(() -> tearDown(installations));
        Runtime.getRuntime().addShutdownHook(ifInterrupted);
        try {
            for (int i = 0; i <= Change.LEAK.installation; i++) {
                installations.add(LocalSlipway.start(directory.resolve("slipway" + i)));
            }
            List<Thread> services = new ArrayList<>();
            for (Change change : Change.values()) {
                LocalSlipway slipway = installations.get(change.installation);
                services.add(Thread.ofPlatform().name(change.label()).start(() -> service(change, slipway, image)));
            }
            for (Thread service : services) {
                service.join();
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(ifInterrupted);
            tearDown(installations);
        }
    }

    private static void tearDown(List<LocalSlipway> installations) {
        for (LocalSlipway slipway : installations) {
            try {
                slipway.tearDown();
            } catch (IOException | InterruptedException e) {
                System.err.println("is left, with what is in " + slipway.log().getParent() + ": " + e);
            }
        }
    }

    private void service(Change change, LocalSlipway slipway, String image) {
        try (Load load = new Load(slipway.edge(), change.host(), CLIENTS, REQUESTS_PER_SECOND)) {
            ApiClient api = slipway.api();
            int done = runs.of(change);
            if (done >= rounds) {
                return;
            }
            release(api, change, change.serviceFile(image, false, done, "5s"));
            load.start();
            for (int round = done + 1; round <= rounds; round++) {
                JsonNode end = release(api, change, change.serviceFile(image, true, round, watch));
                if (end.path("state").asString("").equals("failed")) {
                    // Its checks: it had no traffic, so nothing was judged.
                    throw new IOException(end.path("reason").path("text").asString(""));
                }
                runs.add(Run.of(api, change, round, end, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
                goOn(api, change, end);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            System.err.println(change.label() + " is given up: " + e + "; what was said is in " + slipway.log());
        }
    }

    private static JsonNode release(ApiClient api, Change change, String serviceFile) {
        JsonNode made = api.post("/api/v1/releases", serviceFile, "application/yaml", Optional.empty());
        String rollout = made.path("rollout").path("id").asString("");
        return new RolloutFollower(api, line -> System.err.println(change.label() + " " + line)).follow(rollout, "settled", AT_MOST);
    }

    /** After an automatic revert nothing is released before somebody says so; what was not proven waits for its owner. */
    private static void goOn(ApiClient api, Change change, JsonNode end) {
        String state = end.path("state").asString("");
        if (state.equals("reverted")) {
            api.post("/api/v1/services/" + change.service() + "/unhold", Map.of("reason", "next round"));
        } else if (state.equals("unproven")) {
            api.post("/api/v1/rollouts/" + end.path("id").asString("") + "/accept", Map.of("reason", "next round"));
        }
    }

    private static String heading(int rounds, String watch) {
        return """
            # Real containers that become worse, judged

            By `src/bench/judge-real %d %s`, %s, kernel %s, %d cores: five services at %d requests/s each, over two installations (a third service in trouble
            would hold all reverts of one), each with one replica, a gate of 300 requests at half the traffic, then a watch of %s with a control. Margins: errors
            1.5pp, p95 50%%, cost per request 30%%; alpha 1%%. Right is: reverted, and for what was changed; settled where nothing was. Times from the first requests
            of the new revision to the decision: median (least to most), in s.

            | new revision | runs | right | found after s | of these in the watch | wrong |
            |---|---|---|---|---|---|
            """.formatted(
                rounds,
                watch,
                LocalDate.now(ZoneOffset.UTC),
                System.getProperty("os.version").split("-")[0],
                Runtime.getRuntime().availableProcessors(),
                (int) REQUESTS_PER_SECOND,
                watch);
    }
}
