package io.slipway.sandbox.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks a container in time, each question in a thread of its own so that none waits for another; at most one of each is open at a time. Goes on until
 * it is closed, or the container is sick. Thread-safe.
 */
public final class HealthWatch implements AutoCloseable {
    private static final Duration FOREVER = Duration.ofDays(1);
    private final HealthPlan plan;
    private final Asker asker;
    private final Consumer<Finding> changed;
    private final Consumer<Answer> answers;
    private final long beginNanos = System.nanoTime();
    private HealthCourse course;
    private boolean closed;

    /** Asks a check once: why the container is not well; empty when it is. */
    public interface Asker {
        Optional<String> ask(HealthCheck check, Duration atMost) throws InterruptedException;
    }

    /** What came of asking once. */
    public record Answer(Question question, Instant at, Duration took, Optional<String> failure) {}

    /**
     * @param changed is told each {@link #finding} that differs from the one before, by a thread of this
     * @param answers is told each answer
     */
    public HealthWatch(HealthPlan plan, Asker asker, Consumer<Finding> changed, Consumer<Answer> answers) {
        this.plan = plan;
        this.asker = asker;
        this.changed = changed;
        this.answers = answers;
        course = HealthCourse.begin(plan);
    }

    /** Begins to ask. */
    public void start() {
        Thread.ofVirtual().name("health").start(this::loop);
    }

    /** As far as is known. */
    public synchronized Finding finding() {
        return course.finding();
    }

    /** Questions that are still open come to nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private synchronized void loop() {
        try {
            while (!closed) {
                Duration now = age();
                for (Question question : course.due(now)) {
                    course = course.asked(question, now);
                    plan.probing(question)
                            .ifPresent(it -> Thread.ofVirtual()
                                    .name("health " + question)
                                    .start(() -> ask(question, it)));
                }
                Duration wait = course.nextAt().orElse(FOREVER).minus(age());
                wait(Math.max(1, wait.toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(Question question, Probing probing) {
        long askedNanos = System.nanoTime();
        Optional<String> failure;
        try {
            failure = asker.ask(probing.check(), probing.timeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException e) {
            failure = Optional.of("could not be asked: " + e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - askedNanos);
        if (isClosed()) {
            return;
        }
        answers.accept(new Answer(question, Instant.now(), took, failure));
        take(question, failure).ifPresent(changed);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** The finding, if that has changed it. */
    private synchronized Optional<Finding> take(Question question, Optional<String> failure) {
        if (closed) {
            return Optional.empty();
        }
        Finding before = course.finding();
        course = course.answered(question, failure, age());
        notifyAll();
        return Optional.of(course.finding()).filter(it -> !it.equals(before));
    }

    private Duration age() {
        return Duration.ofNanos(System.nanoTime() - beginNanos);
    }
}
