package io.slipway.sandbox.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthCourseTest {
    private static final HealthCheck CHECK = new HealthCheck.Tcp(80);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /**
     * Questions S(tart), R(eadiness), L(iveness) are answered well (+) or not (-), one a second from second 1 on; what is found after each: . starting,
     * r ready, u unready, x sick. Counts: two failures, or successes of readiness, in a row; grace and the time to become ready in seconds.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SRL | 0 | 60 | S- S+ R+ R+ R- R- R+ R+      | . . . r r u u r
            SRL | 0 | 60 | S- S- S+                     | . x x
            SRL | 0 | 60 | S+ L- L+ L- L-               | . . . . x
            SRL | 0 | 60 | R+ L- L- S- R+ R+ L- S-      | . . . . . . . x
            R   | 0 | 60 | R- R- R- R+ R+ R- R+ R-      | . u u u r r r r
            R   | 0 | 60 | R+ R- R+ R- R+ R+            | . u u u u r
            R   | 0 | 3  | R+ R- R-                     | . u x
            R   | 0 | 3  | R+ R+ R- R- R- R-            | . r r u u u
            RL  | 4 | 60 | L- L- L- L- L-               | . . . . x
            RL  | 4 | 60 | L- L- R+ R+ L- L-            | . . . r r x
            L   | 0 | 60 | L- L+ L- L-                  | r r r x
            L   | 3 | 60 | L- L- L- L- L+               | r r r x x
            S   | 3 | 60 | S- S- S- S-                  | . . . x
            S   | 0 | 60 | S- S+ S- S- S-               | . r r r r
            -   | 0 | 60 | S- R- L-                     | r r r
            """)
    void what_is_found_follows_from_the_answers(
            String asked, int graceSeconds, int readySeconds, String answers, String found) {
        HealthCourse course = HealthCourse.begin(plan(asked, graceSeconds, readySeconds));
        List<String> findings = new ArrayList<>();
        Duration age = Duration.ZERO;
        for (String answer : answers.split(" ")) {
            age = age.plus(SECOND);
            Question question = switch (answer.charAt(0)) {
                case 'S' -> Question.START;
                case 'R' -> Question.READINESS;
                default -> Question.LIVENESS;
            };
            boolean well = answer.endsWith("+");
            course = course.asked(question, age);
            course = course.answered(question, well ? Optional.empty() : Optional.of("no"), age);
            findings.add(letter(course.finding()));
        }
        assertThat(String.join(" ", findings)).isEqualTo(found);
    }

    @Test
    void what_was_never_ready_is_starting_until_as_many_failures_would_have_counted_and_unready_from_then_on() {
        HealthCourse course = HealthCourse.begin(plan("R", 3, 60));
        for (int second = 1; second <= 10; second++) {
            // Twice as often as planned, as those are asked that were never ready.
            for (int half = 0; half < 2; half++) {
                Duration age = Duration.ofMillis(second * 1000 + half * 500);
                course = course.asked(Question.READINESS, age);
                course = course.answered(Question.READINESS, Optional.of("no"), age);
            }
            assertThat(course.finding())
                    .as("second %d", second)
                    .isEqualTo(second < 5 ? new Finding.Starting("no") : new Finding.Unready("not yet ready: no"));
        }
    }

    @Test
    void before_it_has_started_nothing_else_is_asked_and_then_both_at_once() {
        HealthCourse course = HealthCourse.begin(plan("SRL", 0, 60));
        assertThat(course.due(Duration.ZERO)).containsExactly(Question.START);
        course = course.asked(Question.START, Duration.ZERO);
        assertThat(course.due(Duration.ofDays(1))).as("while it is open").isEmpty();
        assertThat(course.nextAt()).isEmpty();
        course = course.answered(Question.START, Optional.of("no"), Duration.ofMillis(300));
        assertThat(course.due(Duration.ofMillis(999))).isEmpty();
        assertThat(course.nextAt()).contains(SECOND);
        course = course.asked(Question.START, SECOND).answered(Question.START, Optional.empty(), SECOND);
        assertThat(course.due(SECOND)).containsExactly(Question.READINESS, Question.LIVENESS);
    }

    @Test
    void what_is_not_ready_is_asked_sooner_unless_it_is_by_a_command_and_then_in_its_time() {
        HealthCourse course = HealthCourse.begin(plan("R", 0, 60));
        course = course.asked(Question.READINESS, Duration.ZERO);
        course = course.answered(Question.READINESS, Optional.of("no"), Duration.ZERO);
        assertThat(course.nextAt()).contains(Duration.ofMillis(200));
        course = course.asked(Question.READINESS, SECOND).answered(Question.READINESS, Optional.empty(), SECOND);
        assertThat(course.nextAt()).as("after a first success").contains(SECOND.plus(SECOND));
        Probing slow = new Probing(new HealthCheck.Command(List.of("check")), SECOND, SECOND, 2, 2, Duration.ZERO);
        HealthCourse command = HealthCourse.begin(
                new HealthPlan(Optional.empty(), Optional.of(slow), Optional.empty(), Optional.empty()));
        command = command.asked(Question.READINESS, Duration.ZERO);
        command = command.answered(Question.READINESS, Optional.of("no"), Duration.ofSeconds(3));
        assertThat(command.nextAt())
                .as("one that takes longer than its pace is asked again at once, but not twice")
                .contains(Duration.ofSeconds(3));
    }

    @Test
    void it_tells_which_check_failed_how_often_and_why() {
        HealthCourse course = HealthCourse.begin(plan("L", 0, 60));
        for (int i = 1; i <= 2; i++) {
            Duration age = Duration.ofSeconds(i);
            course = course.asked(Question.LIVENESS, age).answered(Question.LIVENESS, Optional.of("hangs"), age);
        }
        assertThat(course.finding()).isEqualTo(new Finding.Sick("liveness check failed 2 times in a row: hangs"));
        HealthCourse late = HealthCourse.begin(plan("R", 0, 3));
        late = late.asked(Question.READINESS, Duration.ofSeconds(4))
                .answered(Question.READINESS, Optional.of("refused"), Duration.ofSeconds(4));
        assertThat(late.finding()).isEqualTo(new Finding.Sick("not ready after 3 s: refused"));
    }

    private static HealthPlan plan(String asked, int graceSeconds, int readySeconds) {
        Duration grace = Duration.ofSeconds(graceSeconds);
        return new HealthPlan(
                asked.contains("S") ? Optional.of(new Probing(CHECK, SECOND, SECOND, 2, 1, grace)) : Optional.empty(),
                asked.contains("R") ? Optional.of(new Probing(CHECK, SECOND, SECOND, 2, 2, grace)) : Optional.empty(),
                asked.contains("L") ? Optional.of(new Probing(CHECK, SECOND, SECOND, 2, 1, grace)) : Optional.empty(),
                Optional.of(Duration.ofSeconds(readySeconds)));
    }

    private static String letter(Finding finding) {
        return switch (finding) {
            case Finding.Starting _ -> ".";
            case Finding.Ready _ -> "r";
            case Finding.Unready _ -> "u";
            case Finding.Sick _ -> "x";
        };
    }
}
