package io.slipway.api;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.control.RunbookShelf;
import io.slipway.control.Views.RevisionView;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.ServiceView;
import io.slipway.release.Check;
import io.slipway.release.Metric;
import io.slipway.release.Probe;
import io.slipway.release.ProcessSpec;
import io.slipway.release.ReleasePlan;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Resources;
import io.slipway.release.RestartPolicy;
import io.slipway.release.Route;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.release.Watch;
import io.slipway.rollout.Course;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Services in telling states, for tests and for looking at the pages. */
public final class Scenes {
    private static final long SEED = 7;
    private final FrontServer server;
    private final Instant now;
    private final Random random = new Random(SEED);
    private final StoryScene story;

    public Scenes(FrontServer server, Instant now) {
        this.server = server;
        this.now = now;
        this.story = new StoryScene(server);
    }

    /** A service file that is accepted. */
    static String file(String service) {
        return "service: " + service + "\nimage: registry.example.com/shop/" + service + ":1\nport: 8080\nroute: "
                + service
                + ".example.com\nrelease:\n  channel: https://chat.example.com/x\n"
                + "  stopConditions: [{metric: error_rate, regressesBy: 0.5pp}]\n";
    }

    public static ReleaseSpec spec(ServiceName service, String owner) {
        ProcessSpec web = ProcessSpec.of(
                        List.of("/app/server"),
                        3,
                        Map.of("http", 8080),
                        new Resources(0.5, 256L << 20, 256),
                        Optional.of(Probe.of(
                                Optional.of("/healthz"), "http", Duration.ofSeconds(2), Duration.ofSeconds(1), 3)),
                        "SIGTERM",
                        Duration.ofSeconds(30))
                .withRestart(RestartPolicy.DEFAULT);
        return new ReleaseSpec(
                service,
                "registry.example.com/shop/" + service + ":1.42.0",
                Map.of("web", web),
                new TreeMap<>(Map.of("LOG_LEVEL", "info")),
                Optional.of(new Route(service + ".example.com", "/", "web", "http")),
                new ReleasePlan(
                        owner,
                        "https://chat.example.com/rooms/" + service,
                        List.of(Check.IMAGE, Check.CAPACITY, Check.SMOKE),
                        List.of(
                                new Step.SetWeight(Weight.percent(5)),
                                new Step.Hold(Duration.ofMinutes(10)),
                                new Step.SetWeight(Weight.percent(25)),
                                new Step.Gate(500, Duration.ofMinutes(30)),
                                new Step.Approve("owner", Duration.ofHours(4)),
                                new Step.SetWeight(Weight.ALL)),
                        List.of(
                                new StopCondition.Regresses(Metric.P95_LATENCY, 0.10),
                                new StopCondition.Regresses(Metric.ERROR_RATE, 0.005),
                                new StopCondition.Regresses(Metric.COST_PER_REQUEST, 0.15)),
                        new Watch(Duration.ofHours(24), false, true)));
    }

    public StoryScene story() {
        return story;
    }

    public Instant now() {
        return now;
    }

    public void all() {
        gating("checkout", "ro-gating");
        watching("search", "ro-watching");
        reverted("payments", "ro-reverted");
        approval("basket", "ro-approval");
        paused("mail-gateway", "ro-paused");
        broken("recommendations", "ro-broken");
        unproven("invoices", "ro-unproven");
        failed("thumbnailer", "ro-failed");
        checking("newcomer", "ro-first");
        reverting("accounts", "ro-reverting");
        new WorkerScene(server, now).add("mailer", "ro-worker");
        settled("static-pages", 17);
        settled("a-service-with-quite-a-long-name-that-somebody-thought-up-one", 103);
        new HostScene(server, now).add();
    }

    public void many(int count) {
        for (int i = 0; i < count; i++) {
            settled("service-" + i, 1 + i % 60);
        }
        new HostScene(server, now).add();
    }

    public RolloutView gating(String name, String id) {
        Course course = course(name, 42, Weight.percent(25), Map.of("checked", ago(38)));
        Verdict verdict =
                VerdictScene.of(Outcome.NOT_ENOUGH_EVIDENCE, 180, 212, 0.18, -0.01, 0.36, Outcome.NOT_ENOUGH_EVIDENCE);
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Gating(course, 3, in(6)),
                new Reason("gate", "r42 holds at 25%: p95 212 ms against 180 (+18%, tolerated +10%)"),
                "a verdict on 500 requests of each arm; expected in 6 min",
                Optional.of(3),
                Optional.of(verdict),
                Map.of("gate", in(6)),
                40);
        service(
                view,
                "r42 holds at 25%: p95 212 ms against 180 (+18%, tolerated +10%); a verdict is expected in 6 min.",
                false);
        story.tell(view, "rolling", "gating");
        new SeriesScene(server, now, random).add(name, 42, 40, 1.18, 0.012, 0.004);
        return view;
    }

    public void watching(String name, String id) {
        Course course = course(name, 12, Weight.percent(75), Map.of("checked", ago(400), "promoted", ago(300)));
        Verdict verdict = VerdictScene.of(Outcome.HEALTHY, 94, 95, 0.01, -0.03, 0.05, Outcome.HEALTHY);
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Watching(course, ago(300), in(1140), true),
                new Reason(
                        "watching",
                        "r12 is promoted and as good as r11: p95 95 ms against 94, errors 0.2% against 0.2%"),
                "the end of the watch in 19 h",
                Optional.empty(),
                Optional.of(verdict),
                Map.of("watch", in(1140)),
                410);
        service(view, "r12 is promoted; 5 h of the 24 h watch are over, and it is as good as r11.", false);
        story.tell(view, "rolling", "watching");
        new SeriesScene(server, now, random).add(name, 12, 410, 1.01, 0.002, 0.002);
    }

    public void reverted(String name, String id) {
        Course course = course(name, 31, Weight.ZERO, Map.of("checked", ago(70), "reverted", ago(20)));
        Reason why = new Reason(
                "error-rate-regressed",
                "error rate 2.1% against 0.3% (+1.8pp, tolerated +0.5pp) over 1,904 and 2,010 requests; false alarm"
                        + " chance below 1 in 1,000");
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Ended(course, Ending.REVERTED, why, ago(20)),
                why,
                "",
                Optional.empty(),
                Optional.of(VerdictScene.of(Outcome.HEALTHY, 140, 146, 0.04, -0.02, 0.09, Outcome.REGRESSED)),
                Map.of(),
                71);
        service(
                view,
                "r31 was reverted to r30 20 min ago: error rate 2.1% against 0.3%. r30 is healthy. Held until somebody"
                        + " says unhold.",
                true);
        story.tell(view, "gating", "reverting");
        story.tell(view, "reverting", "reverted");
        new SeriesScene(server, now, random).add(name, 31, 71, 1.04, 0.021, 0.003);
        server.shelf.add(
                view.id(),
                new RunbookShelf.Entry(
                        "payments-r31-reverted",
                        1,
                        "payments r31 was reverted: error rate 2.1% against 0.3%",
                        MARKDOWN,
                        "{\"outcome\":\"reverted\"}",
                        ago(20)));
    }

    public void approval(String name, String id) {
        Course course = course(name, 8, Weight.percent(25), Map.of("checked", ago(90)));
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.AwaitingApproval(course, 4, in(150)),
                new Reason("awaiting-approval", "r8 is at 25% and healthy so far"),
                "alice@example.com to approve, until 2 h 30 min from now; it is aborted then",
                Optional.of(4),
                Optional.of(VerdictScene.of(Outcome.HEALTHY, 61, 60, -0.01, -0.06, 0.04, Outcome.HEALTHY)),
                Map.of("approve", in(150)),
                92);
        service(view, "r8 is at 25% and waits for alice@example.com to approve.", false);
        story.tell(view, "gating", "awaiting-approval");
        new SeriesScene(server, now, random).add(name, 8, 92, 0.99, 0.001, 0.001);
    }

    public void paused(String name, String id) {
        Course course = course(name, 5, Weight.percent(5), Map.of("checked", ago(30)));
        RolloutState before = new RolloutState.Holding(course, 1, in(4));
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Paused(
                        course,
                        before,
                        ago(12),
                        new Reason("paused", "looking at a strange log line \u202e<script>alert(1)</script>")),
                new Reason(
                        "paused",
                        "paused by bob@example.com: looking at a strange log line \u202e<script>alert(1)</script>"),
                "somebody to resume, promote or abort",
                Optional.of(1),
                Optional.empty(),
                Map.of(),
                33);
        service(
                view,
                "r5 is paused at 5% by bob@example.com: looking at a strange log line \u202e<script>alert(1)</script>",
                false);
        story.tell(view, "rolling", "paused");
        new SeriesScene(server, now, random).add(name, 5, 33, 1.0, 0.001, 0.001);
    }

    public void broken(String name, String id) {
        Course course = course(name, 77, Weight.percent(25), Map.of("checked", ago(55)));
        Verdict verdict = new Verdict(
                ago(1),
                Outcome.METRICS_BROKEN,
                false,
                List.of(new MetricVerdict(
                        Metric.P95_LATENCY,
                        Outcome.METRICS_BROKEN,
                        210,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        0.10,
                        0.001,
                        3120,
                        0,
                        "no latency was counted for r77 since 14:02")),
                140,
                38,
                "metrics of r77 are broken: no window from host-2 for 11 min",
                "1");
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Gating(course, 3, in(12)),
                new Reason(
                        "metrics-broken",
                        "r77 holds at 25%: no metrics from host-2 for 11 min, so nothing can be judged"),
                "metrics from host-2; aborted for lack of evidence in 12 min",
                Optional.of(3),
                Optional.of(verdict),
                Map.of("gate", in(12)),
                56);
        service(
                view,
                "r77 holds at 25%: no metrics from host-2 for 11 min. Aborted for lack of evidence in 12 min.",
                false);
        story.tell(view, "rolling", "gating");
        new SeriesScene(server, now, random).add(name, 77, 56, Double.NaN, 0.0, 0.003);
    }

    public void unproven(String name, String id) {
        Course course =
                course(name, 3, Weight.ALL, Map.of("checked", ago(1600), "promoted", ago(1500), "unproven", ago(60)));
        Reason why = new Reason("unproven", "only 41 requests in 24 h; 500 are needed to tell");
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Ended(course, Ending.UNPROVEN, why, ago(60)),
                why,
                "",
                Optional.empty(),
                Optional.of(VerdictScene.of(
                        Outcome.NOT_ENOUGH_EVIDENCE, 300, 280, -0.07, -0.6, 0.8, Outcome.NOT_ENOUGH_EVIDENCE)),
                Map.of(),
                1600);
        service(
                view,
                "The watch of r3 ended without evidence: only 41 requests in 24 h. Accept, extend or revert.",
                false);
        story.tell(view, "watching", "unproven");
    }

    public void failed(String name, String id) {
        Course course = course(name, 22, Weight.ZERO, Map.of());
        Reason why = new Reason(
                "smoke-failed",
                "smoke: the container of r22 exited 42 after 1.2 s: 'cannot open /etc/thumbs.conf'. No traffic reached"
                        + " it");
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Ended(course, Ending.FAILED, why, ago(9)),
                why,
                "",
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                10);
        service(view, "r22 failed its smoke check 9 min ago and took no traffic; r21 serves.", false);
        story.tell(view, "checking", "failed");
        new SeriesScene(server, now, random).add(name, 22, 0, 1, 0.001, 0.001);
    }

    public void checking(String name, String id) {
        Course course = new Course(new RevisionId(new ServiceName(name), 1), Optional.empty(), Weight.ZERO, Map.of());
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Checking(course, List.of(Check.SMOKE), in(2)),
                new Reason("checking", "r1 is checked: image and capacity are good"),
                "a container of r1 to become ready (smoke)",
                Optional.empty(),
                Optional.empty(),
                Map.of("checks", in(2)),
                1);
        service(view, "r1, its first release, is being checked.", false);
        story.tell(view, "queued", "checking");
    }

    public void reverting(String name, String id) {
        Course course = course(name, 9, Weight.ZERO, Map.of("checked", ago(120), "promoted", ago(45)));
        Reason why = new Reason("p95-regressed", "p95 402 ms against 210 (+91%, tolerated +10%)");
        RolloutView view = rollout(
                id,
                course,
                new RolloutState.Reverting(course, why, ago(0), Ending.REVERTED, false),
                why,
                "r8's three replicas to become ready, then the edge to confirm",
                Optional.empty(),
                Optional.of(VerdictScene.of(Outcome.REGRESSED, 210, 402, 0.91, 0.55, 1.3, Outcome.HEALTHY)),
                Map.of(),
                125);
        service(view, "r9 goes back to r8: p95 402 ms against 210 (+91%, tolerated +10%).", false);
        story.tell(view, "watching", "reverting");
        new SeriesScene(server, now, random).add(name, 9, 125, 1.91, 0.002, 0.002);
    }

    public void settled(String name, int number) {
        ServiceName service = new ServiceName(name);
        server.views.put(new ServiceView(
                service,
                Optional.of(new RevisionId(service, number)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "carol@example.com",
                "r" + number + " serves all traffic since " + (1 + random.nextInt(30)) + " days; nothing is rolling."));
        new SeriesScene(server, now, random).add(name, number + 1, 0, 1, 0.001, 0.001);
        revisions(service, number);
    }

    private Course course(String name, int number, Weight weight, Map<String, Instant> milestones) {
        ServiceName service = new ServiceName(name);
        return new Course(
                new RevisionId(service, number), Optional.of(new RevisionId(service, number - 1)), weight, milestones);
    }

    private Instant ago(long minutes) {
        return now.minus(Duration.ofMinutes(minutes));
    }

    private Instant in(long minutes) {
        return now.plus(Duration.ofMinutes(minutes)).plusSeconds(5);
    }

    private RolloutView rollout(
            String id,
            Course course,
            RolloutState state,
            Reason reason,
            String waitingFor,
            Optional<Integer> step,
            Optional<Verdict> verdict,
            Map<String, Instant> deadlines,
            long minutesOld) {
        Map<RevisionId, Weight> weights = new TreeMap<>(java.util.Comparator.comparing(RevisionId::number));
        course.stable().ifPresent(s -> weights.put(s, Weight.ALL.minus(course.weight())));
        weights.put(course.revision(), course.weight());
        RolloutView view = new RolloutView(
                new RolloutId(id),
                "rel-" + id,
                course.revision(),
                course.stable(),
                state.label().equals("reverted") ? 8 : 7,
                state,
                reason,
                Optional.of(waitingFor).filter(w -> !w.isEmpty()),
                step,
                weights,
                course.milestones(),
                deadlines,
                verdict,
                spec(course.revision().service(), "alice@example.com"),
                "alice@example.com",
                ago(minutesOld),
                ago(
                        state instanceof RolloutState.Ended e
                                ? Duration.between(e.at(), now).toMinutes()
                                : 1));
        return view;
    }

    private void service(RolloutView view, String sentence, boolean held) {
        ServiceName name = view.revision().service();
        boolean over = view.state().isOver();
        server.views.put(new ServiceView(
                name,
                over && view.state().label().equals("unproven") ? Optional.of(view.revision()) : view.stable(),
                held
                        ? Optional.of(new Reason(
                                "reverted",
                                "r31 was reverted by itself; the cause must be known before the next release"))
                        : Optional.empty(),
                over ? Optional.empty() : Optional.of(view),
                Optional.of(view),
                view.owner(),
                sentence));
        revisions(name, view.revision().number());
    }

    private void revisions(ServiceName name, int newest) {
        for (int n = Math.max(1, newest - 3); n <= newest; n++) {
            server.views.add(new RevisionView(
                    new RevisionId(name, n),
                    "registry.example.com/shop/" + name + ":1." + n + ".0",
                    Optional.of("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
                    ago(60L * 24 * (newest - n) + 40),
                    "ci@example.com",
                    spec(name, "alice@example.com")));
        }
    }

    private static final String MARKDOWN = """
        # payments r31 was reverted

        **What happened.** At 02:38 r31 took 5% of the traffic; at 02:58 Slipway took it back to r30.

        ## Why

        | metric | r30 | r31 | difference | tolerated |
        |---|---|---|---|---|
        | error rate | 0.3% | 2.1% | +1.8pp | +0.5pp |
        | p95 latency | 140 ms | 146 ms | +4% | +10% |

        ## What to do

        1. Read the errors of r31: `slipway service logs payments --revision 31`
        2. Mend it and say `slipway service unhold payments --reason "..."`.

        > Nothing to do before morning: r30 is healthy.
        """;
}
