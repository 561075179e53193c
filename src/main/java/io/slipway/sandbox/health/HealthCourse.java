package io.slipway.sandbox.health;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the answers so far amount to, and what is to be asked next. Pure; times are since the asking began.
 *
 * <pre>
 *   starting -start check passes-> started -readiness passes-> ready <-> unready
 *      |                              |                          |
 *      +--- start check fails --------+-- not ready in time -----+-- liveness check fails ---> sick
 * </pre>
 */
record HealthCourse(
        HealthPlan plan,
        Optional<Duration> startedAt,
        boolean everReady,
        Finding finding,
        Map<Question, Track> tracks) {
    /**
     * Of one question.
     *
     * @param nextAt when it is due
     * @param open whether it has been asked and not answered
     * @param failures in a row that count
     * @param successes in a row
     */
    private record Track(Duration nextAt, Duration askedAt, boolean open, int failures, int successes) {
        static Track from(Duration age) {
            return new Track(age, age, false, 0, 0);
        }

        Track asked(Duration age) {
            return new Track(nextAt, age, true, failures, successes);
        }

        Track answered(boolean well, boolean counts) {
            return new Track(nextAt, askedAt, false, well ? 0 : failures + (counts ? 1 : 0), well ? successes + 1 : 0);
        }

        Track next(Duration pace, Duration age) {
            Duration due = askedAt.plus(pace);
            return new Track(due.compareTo(age) < 0 ? age : due, askedAt, open, failures, successes);
        }
    }

    static HealthCourse begin(HealthPlan plan) {
        HealthCourse course = new HealthCourse(plan, Optional.empty(), false, new Finding.Starting(""), Map.of());
        return plan.start().isPresent()
                ? course.with(Question.START, Track.from(Duration.ZERO))
                : course.started(Duration.ZERO);
    }

    /** What is to be asked now. */
    List<Question> due(Duration age) {
        return asking().filter(it -> !track(it).open() && track(it).nextAt().compareTo(age) <= 0)
                .toList();
    }

    /** When something is due next; empty while nothing is but answers. */
    Optional<Duration> nextAt() {
        return asking().filter(it -> !track(it).open())
                .map(it -> track(it).nextAt())
                .min(Duration::compareTo);
    }

    HealthCourse asked(Question question, Duration age) {
        return with(question, track(question).asked(age));
    }

    /** @param failure why it is not well; empty when it is */
    HealthCourse answered(Question question, Optional<String> failure, Duration age) {
        Optional<Probing> probing = plan.probing(question);
        if (probing.isEmpty() || asking().noneMatch(question::equals)) {
            return this;
        }
        Track track = track(question).answered(failure.isEmpty(), counts(question, probing.get(), age));
        HealthCourse now = with(question, track);
        HealthCourse next = switch (question) {
            case START -> now.afterStart(track, probing.get(), failure, age);
            case READINESS -> now.afterReadiness(track, probing.get(), failure, age);
            case LIVENESS -> now.afterLiveness(track, probing.get(), failure);
        };
        return next.with(question, track.next(next.pace(question, probing.get(), track), age));
    }

    private boolean counts(Question question, Probing probing, Duration age) {
        // Of what has never been ready the time decides, not the number of questions: those come sooner then.
        boolean asked = question != Question.READINESS || everReady;
        return asked && sinceStart(age).compareTo(probing.grace()) >= 0;
    }

    private Duration sinceStart(Duration age) {
        return age.minus(startedAt.orElse(Duration.ZERO));
    }

    private HealthCourse afterStart(Track track, Probing probing, Optional<String> failure, Duration age) {
        if (failure.isPresent()) {
            return failing(Question.START, track, probing, failure.get(), new Finding.Starting(failure.get()));
        }
        return track.successes() >= probing.successes() ? started(age) : this;
    }

    private HealthCourse afterReadiness(Track track, Probing probing, Optional<String> failure, Duration age) {
        if (failure.isEmpty()) {
            return track.successes() >= probing.successes() ? ready() : this;
        }
        if (everReady) {
            boolean over = track.failures() >= probing.failures();
            return over ? with(new Finding.Unready(times(track.failures(), failure.get()))) : this;
        }
        Duration since = sinceStart(age);
        if (plan.readyWithin().filter(it -> since.compareTo(it) >= 0).isPresent()) {
            String time = plan.readyWithin().get().toSeconds() + " s";
            return with(new Finding.Sick("not ready after " + time + ": " + failure.get()));
        }
        Duration allowed = probing.grace().plus(probing.every().multipliedBy(probing.failures()));
        return with(
                since.compareTo(allowed) < 0
                        ? new Finding.Starting(failure.get())
                        : new Finding.Unready("not yet ready: " + failure.get()));
    }

    private HealthCourse afterLiveness(Track track, Probing probing, Optional<String> failure) {
        return failure.isEmpty() ? this : failing(Question.LIVENESS, track, probing, failure.get(), finding);
    }

    private HealthCourse failing(Question question, Track track, Probing probing, String why, Finding otherwise) {
        boolean over = track.failures() >= probing.failures();
        return with(over ? new Finding.Sick(question.words() + " failed " + times(track.failures(), why)) : otherwise);
    }

    private static String times(int failures, String why) {
        return (failures == 1 ? "once: " : failures + " times in a row: ") + why;
    }

    private HealthCourse started(Duration age) {
        HealthCourse course = new HealthCourse(plan, Optional.of(age), everReady, finding, tracks)
                .with(Question.READINESS, Track.from(age))
                .with(Question.LIVENESS, Track.from(age));
        return plan.readiness().isPresent() ? course : course.ready();
    }

    private HealthCourse ready() {
        return new HealthCourse(plan, startedAt, true, new Finding.Ready(), tracks);
    }

    private Duration pace(Question question, Probing probing, Track track) {
        boolean eager = question == Question.READINESS && !everReady && track.successes() == 0;
        return eager ? probing.eager() : probing.every();
    }

    /** Those that are asked at this stage. */
    private Stream<Question> asking() {
        List<Question> stage = finding instanceof Finding.Sick
                ? List.of()
                : startedAt.isEmpty() ? List.of(Question.START) : List.of(Question.READINESS, Question.LIVENESS);
        return stage.stream().filter(it -> plan.probing(it).isPresent());
    }

    private Track track(Question question) {
        return tracks.getOrDefault(question, Track.from(Duration.ZERO));
    }

    private HealthCourse with(Question question, Track track) {
        Map<Question, Track> changed = new EnumMap<>(Question.class);
        changed.putAll(tracks);
        changed.put(question, track);
        return new HealthCourse(plan, startedAt, everReady, finding, Map.copyOf(changed));
    }

    private HealthCourse with(Finding other) {
        return new HealthCourse(plan, startedAt, everReady, other, tracks);
    }
}
