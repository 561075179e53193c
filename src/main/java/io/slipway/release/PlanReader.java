package io.slipway.release;

import io.slipway.base.Weight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads how a release goes: owner, checks, steps, watch. */
final class PlanReader {
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final String STEP_FIX =
            "write one of weight: 5%, hold: 10m, gate: {minRequests: 500, atMost: 30m}, approve: {by: owner, atMost:"
                    + " 4h}";
    private final Problems problems;
    private final PolicyDefaults policy;

    PlanReader(Problems problems, PolicyDefaults policy) {
        this.problems = problems;
        this.policy = policy;
    }

    ReleasePlan read(Optional<Fields> release, boolean routed) {
        String owner = owner(release);
        Optional<String> channel = release.flatMap(it -> it.text("channel"));
        release.ifPresent(it -> {
            it.oneOf("strategy", List.of("canary"), List.of("blue-green", "rolling", "recreate"));
            it.oneOf("ifWatching", List.of("supersede"), List.of("refuse", "wait"));
            it.unsupported("source", "before");
        });
        List<Check> checks = checks(release);
        List<Step> steps = steps(release, routed);
        List<StopCondition> conditions = new ConditionReader(problems, policy).read(release);
        Watch watch = watch(release);
        release.ifPresent(Fields::refuseUnknown);
        if (channel.isEmpty()) {
            problems.origin("release.channel", "policy");
        }
        return new ReleasePlan(owner, channel.or(policy::channel).orElse(""), checks, steps, conditions, watch);
    }

    private String owner(Optional<Fields> release) {
        Optional<Node> given = release.flatMap(it -> it.take("owner"));
        Optional<String> owner = release.flatMap(it -> it.text("owner")).map(String::strip);
        if (given.isEmpty()) {
            problems.origin("release.owner", "policy");
            if (policy.owner().isEmpty()) {
                problems.missing("release.owner", "write who answers for this release: owner: alice@example.com");
            }
        }
        if (owner.filter(String::isEmpty).isPresent()) {
            problems.add(
                    "release.owner", "", "is empty", "write who answers for this release: owner: alice@example.com");
        }
        return owner.or(policy::owner).orElse("");
    }

    private List<Check> checks(Optional<Fields> release) {
        if (release.flatMap(it -> it.take("checks")).isEmpty()) {
            problems.origin("release.checks", "policy");
            return withImage(policy.checks());
        }
        List<Node> nodes = release.map(it -> it.list("checks")).orElse(List.of());
        Set<Check> checks = EnumSet.noneOf(Check.class);
        for (int i = 0; i < nodes.size(); i++) {
            check("release.checks[" + i + "]", nodes.get(i)).ifPresent(checks::add);
        }
        return withImage(checks);
    }

    /** A revision never changes, and it is the image's check that finds out which digest it is made of. */
    private List<Check> withImage(Collection<Check> checks) {
        Set<Check> all = EnumSet.of(Check.IMAGE);
        if (!checks.contains(Check.IMAGE)) {
            problems.origin("release.checks.image", "built in: it pins what the image's name means now");
        }
        all.addAll(checks);
        return List.copyOf(all);
    }

    private Optional<Check> check(String at, Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(at, node, "is not supported in this version", "use image, capacity and smoke");
            return Optional.empty();
        }
        return switch (scalar.getValue()) {
            case "image" -> Optional.of(Check.IMAGE);
            case "capacity" -> Optional.of(Check.CAPACITY);
            case "smoke" -> Optional.of(Check.SMOKE);
            default -> {
                problems.add(at, node, "is not a known check", "use image, capacity and smoke");
                yield Optional.empty();
            }
        };
    }

    private List<Step> steps(Optional<Fields> release, boolean routed) {
        if (release.flatMap(it -> it.take("steps")).isEmpty()) {
            problems.origin(
                    "release.steps", routed ? "policy" : "built in: nothing is routed, so there is nothing to compare");
            return routed ? policy.steps() : List.of(new Step.SetWeight(Weight.ALL));
        }
        List<Node> nodes = release.map(it -> it.list("steps")).orElse(List.of());
        List<Step> steps = new ArrayList<>();
        int before = problems.violations().size();
        int basisPoints = 0;
        for (int i = 0; i < nodes.size(); i++) {
            String at = "release.steps[" + i + "]";
            Optional<Step> step = Fields.of(at, nodes.get(i), problems).flatMap(it -> step(at, it));
            if (step.isPresent() && step.get() instanceof Step.SetWeight(Weight weight)) {
                if (weight.basisPoints() <= basisPoints) {
                    problems.add(
                            at + ".weight",
                            weight.toString(),
                            "does not rise: " + new Weight(basisPoints) + " came before",
                            "weights must rise from step to step; a revert needs no step");
                }
                basisPoints = Math.max(basisPoints, weight.basisPoints());
            } else if (step.isPresent() && step.get() instanceof Step.Gate && basisPoints == 0) {
                problems.add(
                        at + ".gate",
                        "",
                        "comes before any weight, so there is nothing to judge",
                        "begin with a weight");
            }
            step.ifPresent(steps::add);
        }
        boolean promotes = !steps.isEmpty() && steps.getLast().equals(new Step.SetWeight(Weight.ALL));
        if (!promotes && problems.violations().size() == before) {
            problems.add(
                    "release.steps",
                    "a list of " + steps.size(),
                    "does not end with weight: 100%",
                    "add - weight: 100% as the last step");
        }
        return steps;
    }

    private Optional<Step> step(String at, Fields fields) {
        if (fields.names().size() != 1) {
            problems.add(at, String.join(", ", fields.names()), "must have exactly one field", STEP_FIX);
            return Optional.empty();
        }
        Optional<Step> step = weight(fields)
                .<Step>map(Step.SetWeight::new)
                .or(() -> fields.duration("hold", SECOND, LONGEST).map(Step.Hold::new))
                .or(() -> fields.mapping("gate").flatMap(this::gate))
                .or(() -> fields.mapping("approve").flatMap(this::approve));
        fields.refuseUnknown();
        return step;
    }

    private Optional<Weight> weight(Fields fields) {
        Optional<Node> node = fields.take("weight");
        Optional<Units.Share> share = node.flatMap(
                        it -> it instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty())
                .flatMap(Units::share)
                .filter(it -> !it.points());
        long basisPoints = share.map(it -> Math.round(it.value() * 10_000)).orElse(0L);
        if (node.isPresent() && (basisPoints < 1 || basisPoints > 10_000)) {
            String problem = share.isPresent()
                    ? "is outside 0.01% to 100%"
                    : Fields.isNumber(node.get()) ? "has no unit" : "is not a share";
            problems.add(fields.at("weight"), node.get(), problem, "write a share from 0.01% to 100%, as 5%");
            return Optional.empty();
        }
        return share.map(it -> new Weight((int) basisPoints));
    }

    private Optional<Step> gate(Fields fields) {
        Optional<Long> requests = fields.integer("minRequests", 1, 1_000_000_000);
        Optional<Duration> atMost = fields.duration("atMost", SECOND, LONGEST);
        fields.refuseUnknown();
        return Optional.of(new Step.Gate(requests.orElse(500L), atMost.orElse(Duration.ofMinutes(30))));
    }

    private Optional<Step> approve(Fields fields) {
        Optional<String> by = fields.text("by");
        Optional<Duration> atMost = fields.duration("atMost", SECOND, LONGEST);
        fields.refuseUnknown();
        return Optional.of(new Step.Approve(by.orElse("owner"), atMost.orElse(Duration.ofHours(4))));
    }

    private Watch watch(Optional<Fields> release) {
        Optional<Fields> given = release.flatMap(it -> it.mapping("watch"));
        if (given.isEmpty()) {
            problems.origin("release.watch", "policy");
            return policy.watch();
        }
        Fields fields = given.get();
        Optional<Duration> duration = fields.duration("for", SECOND, LONGEST);
        Optional<Boolean> shortWatch = fields.flag("shortWatch");
        Optional<Boolean> control = control(fields);
        fields.oneOf("warm", List.of("awake"), List.of("frozen", "stopped"));
        fields.refuseUnknown();
        if (duration.filter(it -> it.compareTo(DAY) < 0).isPresent() && !shortWatch.orElse(false)) {
            problems.add(
                    fields.at("for"),
                    Units.render(duration.get()),
                    "is shorter than 24h",
                    "watch for 24h, or add shortWatch: true, which is shown and recorded");
        }
        if (duration.isEmpty()) {
            problems.origin("release.watch.for", "policy");
        }
        return new Watch(
                duration.orElse(policy.watch().duration()),
                shortWatch.orElse(duration.isEmpty() && policy.watch().shortWatch()),
                control.orElse(policy.watch().control()));
    }

    private Optional<Boolean> control(Fields fields) {
        Optional<String> text = fields.text("control");
        if (text.flatMap(Units::share).isPresent()) {
            problems.add(fields.at("control"), text.orElse(""), "is not supported in this version", "use auto or none");
            return Optional.empty();
        }
        return fields.oneOf("control", List.of("auto", "none"), List.of()).map("auto"::equals);
    }
}
