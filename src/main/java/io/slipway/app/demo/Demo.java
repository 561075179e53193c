package io.slipway.app.demo;

import io.slipway.cli.ApiClient;
import io.slipway.cli.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** One release that settles, then one that is judged on what it does: nothing here decides how it ends. */
public final class Demo {
    /** Each keeps to one revision by its cookie, so only many of them give the arms equal rates, which the judge asks for. */
    private static final int CLIENTS = 1500;

    private static final double REQUESTS_PER_SECOND = 160;
    private static final String FIRST_WATCH = "5s";
    /** Of a revision that is as good: half of it left one of two healthy ones unproven, since the noise of one-second windows is not trusted sooner. */
    private static final String SECOND_WATCH = "40s";

    private final boolean healthy;
    private final boolean keep;
    private final Consumer<String> tell;

    public Demo(boolean healthy, boolean keep, Consumer<String> tell) {
        this.healthy = healthy;
        this.keep = keep;
        this.tell = tell;
    }

    public DemoSummary run() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(
                "slipway-demo", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Interruption interruption = new Interruption(directory, tell);
        try {
            tell.accept("Building two revisions of a sample service as OCI images in " + directory);
            Path images = directory.resolve("images");
            SampleImages.build(images);
            LocalSlipway slipway = start(directory, interruption);
            Ran ran = releaseTwice(slipway, images);
            interruption.over();
            return ended(slipway, ran, directory);
        } catch (CommandFailed | IOException failed) {
            interruption.over();
            tell.accept("The demo failed; what its processes said is in " + directory);
            interruption.tearDown();
            throw failed;
        }
    }

    private LocalSlipway start(Path directory, Interruption interruption) throws IOException, InterruptedException {
        tell.accept("Starting Slipway: agent, Postgres, controller, edge");
        LocalSlipway slipway = LocalSlipway.begin(directory);
        interruption.of(slipway);
        slipway.awaitApi();
        tell.accept("Dashboard: " + slipway.dashboard() + "  token: "
                + slipway.data().resolve("admin-token"));
        return slipway;
    }

    private record Ran(List<DemoSummary.Released> releases, Load.Snapshot load, DecisionChain chain) {}

    private Ran releaseTwice(LocalSlipway slipway, Path images) throws IOException, InterruptedException {
        ApiClient api = slipway.api();
        DemoRelease releases = new DemoRelease(api, line -> tell.accept("  " + line));
        try (Load load = new Load(slipway.edge(), DemoServiceFile.HOST, CLIENTS, REQUESTS_PER_SECOND)) {
            tell.accept("Releasing r1");
            DemoRelease.Result first = releases.release(DemoServiceFile.of("oci:" + images + ":v1", FIRST_WATCH));
            tell.accept(
                    "Putting " + (int) REQUESTS_PER_SECOND + " requests/s on the edge, from " + CLIENTS + " clients");
            load.start();
            tell.accept("Releasing r2, " + (healthy ? "as good as r1" : "slower on some requests, failing a few"));
            String image = "oci:" + images + (healthy ? ":v2" : ":v2-bad");
            DemoRelease.Result second = releases.release(DemoServiceFile.of(image, SECOND_WATCH));
            Load.Snapshot seen = load.stop();
            seen.failures().forEach(failure -> tell.accept("  failed by us: " + failure));
            export(api, second.rollout());
            return new Ran(List.of(first.released(), second.released()), seen, DecisionChain.read(api));
        }
    }

    private void export(ApiClient api, String rollout) {
        tell.accept("The runbook entry that was written:");
        for (JsonNode entry : api.get("/api/v1/runbooks").path("items")) {
            String slug = entry.path("slug").asString("");
            if (slug.equals("rollout-" + rollout)) {
                String path = "/api/v1/runbooks/" + slug + "/versions/"
                        + entry.path("version").asInt();
                api.get(path).path("markdown").asString("").lines().forEach(line -> tell.accept("  | " + line));
            }
        }
    }

    private DemoSummary ended(LocalSlipway slipway, Ran ran, Path directory) throws IOException, InterruptedException {
        List<String> left = List.of();
        if (keep) {
            tell.accept("Kept: it runs on as process " + slipway.agentPid() + ". To take it away: kill "
                    + slipway.agentPid() + " and remove " + directory);
        } else {
            HostTraces traces = HostTraces.of(directory);
            slipway.tearDown();
            FileTree.delete(directory);
            left = traces.left();
        }
        return new DemoSummary(
                ran.releases,
                ran.load.sent(),
                ran.load.failedByUs(),
                ran.chain.decisions(),
                ran.chain.verified(),
                left);
    }

    /**
     * The summary in plain words.
     *
     * @param kept it runs on, so nothing is said of what it left
     */
    public static List<String> sentences(DemoSummary summary, boolean kept) {
        List<String> lines = new ArrayList<>();
        for (DemoSummary.Released one : summary.releases()) {
            lines.add("r" + one.revision() + " " + one.state() + (one.reason() == null ? "" : ": " + one.reason())
                    + (one.detectSeconds() == null
                            ? ""
                            : " Found after " + one.detectSeconds() + " s, all traffic back " + one.revertMs()
                                    + " ms later."));
        }
        lines.add(summary.requests() + " requests through the edge, " + summary.failedByUs() + " failed by us.");
        lines.add(summary.decisions() + " decisions; the chain "
                + (summary.chainVerified() ? "verifies." : "DOES NOT verify."));
        if (!kept) {
            lines.add(
                    summary.leftBehind().isEmpty()
                            ? "Nothing left behind."
                            : "Left behind: " + String.join(", ", summary.leftBehind()));
        }
        return lines;
    }
}
