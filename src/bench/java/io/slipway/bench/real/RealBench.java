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
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import tools.jackson.databind.JsonNode;

/**
 * Real containers that become worse, judged by whole installations. Arguments: directory, rounds, file of the runs, file of the table. Each change is
 * released so many times, in all of its lanes at once.
 */
public final class RealBench {
    private static final int CLIENTS = 500;
    private static final double REQUESTS_PER_SECOND = 50;

    private final Path directory;
    private final int rounds;
    private final Runs runs;
    private final Queue<LocalSlipway> installations = new ConcurrentLinkedQueue<>();
    private int started;
    private volatile boolean interrupted;

    private RealBench(Path directory, int rounds, Runs runs) {
        this.directory = directory;
        this.rounds = rounds;
        this.runs = runs;
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int rounds = Integer.parseInt(args[1]);
        Runs runs = new Runs(Path.of(args[2]));
        new RealBench(directory, rounds, runs).run();
        String table = heading() + runs.rows();
        Files.writeString(Path.of(args[3]), table);
        System.out.print(table);
    }

    private void run() throws Exception {
        String image = "oci:" + directory.resolve("images") + ":v1";
        SampleImages.build(directory.resolve("images"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            interrupted = true;
            tearDown();
        }));
        try {
            for (List<Change> together : Change.TOGETHER) {
                if (!interrupted) {
                    run(together, image);
                }
            }
        } finally {
            tearDown();
        }
    }

    private void run(List<Change> together, String image) throws Exception {
        Map<Integer, LocalSlipway> numbered = new HashMap<>();
        List<Lane> lanes = new ArrayList<>();
        for (Change change : together) {
            Queue<Integer> missing = runs.missing(change, rounds);
            for (int lane = 0; lane < Math.min(change.lanes.size(), missing.size()); lane++) {
                int number = change.lanes.get(lane);
                if (!numbered.containsKey(number)) {
                    numbered.put(number, LocalSlipway.start(directory.resolve("slipway" + (++started))));
                    installations.add(numbered.get(number));
                }
                lanes.add(new Lane(change, lane, numbered.get(number), missing));
            }
        }
        List<Thread> services = new ArrayList<>();
        for (Lane lane : lanes) {
            services.add(Thread.ofPlatform().name(lane.service()).start(() -> lane.run(image)));
        }
        for (Thread service : services) {
            service.join();
        }
        tearDown();
    }

    /** Also when it is interrupted; each once. */
    private void tearDown() {
        for (LocalSlipway slipway = installations.poll(); slipway != null; slipway = installations.poll()) {
            try {
                slipway.tearDown();
            } catch (IOException | InterruptedException e) {
                System.err.println("is left, with what is in " + slipway.log().getParent() + ": " + e);
            }
        }
    }

    /** One service, which takes rounds as long as there are any. */
    private final class Lane {
        private final Change change;
        private final int number;
        private final LocalSlipway slipway;
        private final Queue<Integer> missing;

        Lane(Change change, int number, LocalSlipway slipway, Queue<Integer> missing) {
            this.change = change;
            this.number = number;
            this.slipway = slipway;
            this.missing = missing;
        }

        String service() {
            return change.service(number);
        }

        void run(String image) {
            try (Load load = new Load(slipway.edge(), change.host(number), CLIENTS, REQUESTS_PER_SECOND)) {
                ApiClient api = slipway.api();
                release(api, change.before(number, image));
                load.start();
                for (Integer round = missing.poll(); round != null; round = missing.poll()) {
                    JsonNode end = release(api, change.changed(number, image, round));
                    if (end.path("state").asString("").equals("failed")) {
                        // Its checks: it had no traffic, so nothing was judged.
                        throw new IOException(end.path("reason").path("text").asString(""));
                    }
                    runs.add(Run.of(api, change, round, end, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
                    goOn(api, end);
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                System.err.println(service() + " is given up: " + e + "; what was said is in " + slipway.log());
            }
        }

        private JsonNode release(ApiClient api, String serviceFile) {
            JsonNode made = api.post("/api/v1/releases", serviceFile, "application/yaml", Optional.empty());
            String rollout = made.path("rollout").path("id").asString("");
            return new RolloutFollower(api, line -> System.err.println(service() + " " + line))
                    .follow(rollout, "settled", change.atMost());
        }

        /** After an automatic revert nothing is released before somebody says so; what was not proven waits for its owner. */
        private void goOn(ApiClient api, JsonNode end) {
            String state = end.path("state").asString("");
            if (state.equals("reverted")) {
                api.post("/api/v1/services/" + service() + "/unhold", Map.of("reason", "next round"));
            } else if (state.equals("unproven")) {
                api.post("/api/v1/rollouts/" + end.path("id").asString("") + "/accept", Map.of("reason", "next round"));
            }
        }
    }

    private static String heading() {
        return """
            # Real containers that become worse, judged

            By `src/bench/judge-real`, last on %s, kernel %s, %d cores: services at %d requests/s each, in installations of their own so that no more than two get worse
            at once (a third in trouble would hold all reverts of one). One replica, a gate of 300 requests at half the traffic, then a watch of 100 s, of equal ones 160 s, of the leak 25 min, with
            a control. The service that is slower the more it has to do has three replicas and a gate at a tenth. Margins: errors 1.5pp, p95 50%%, cost per request
            30%%; alpha 1%%; windows of 1 s. Right is: reverted, and for what was changed; settled where nothing was. Times from the first requests of the new revision to
            the decision: median (least to most), in s. The leak has grown to +30%% of the cost per request after some six minutes.

            | new revision | runs | right | found after s | of these in the watch | wrong |
            |---|---|---|---|---|---|
            """.formatted(
                LocalDate.now(ZoneOffset.UTC),
                System.getProperty("os.version").split("-")[0],
                Runtime.getRuntime().availableProcessors(),
                (int) REQUESTS_PER_SECOND);
    }
}
