package io.slipway.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The committed table of all (state, event) pairs. {@code -Dgolden.update=true} writes it anew. */
class TransitionTableTest {
    private static final Path PAGE = Path.of("src/docs/rollout-states.md");

    @Test
    void the_committed_page_shows_what_the_machine_does() throws Exception {
        String page = page();
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(page)
                .as("differs from %s; look at the change, then write it with -Dgolden.update=true", PAGE)
                .isEqualTo(Files.readString(PAGE));
    }

    @Test
    void every_pair_of_state_and_event_is_visited() {
        assertThat(Examples.states().values())
                .extracting(it -> it.getClass().getName())
                .containsAll(names(RolloutState.class));
        assertThat(Examples.events().values())
                .extracting(it -> it.getClass().getName())
                .containsAll(names(RolloutEvent.class));
    }

    private static Set<String> names(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .map(Class::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
            # Rollout states

            Rendered by `TransitionTableTest` from the machine itself: r42 over r41, three replicas, at 10 minutes after
            each state was entered, which is its deadline. Steps: 5%, hold, gate, 50%, approval, 100%.

            ```mermaid
            stateDiagram-v2
                [*] --> queued
            """);
        edges().forEach(it -> page.append("    ").append(it).append('\n'));
        page.append("```\n\nA pair that is not listed changes nothing; the machine then says what is waited for.\n");
        for (Map.Entry<String, RolloutState> state : Examples.states().entrySet()) {
            page.append("\n## ")
                    .append(state.getKey())
                    .append("\n\n| event | then | effects | why |\n|---|---|---|---|\n");
            Examples.events()
                    .forEach(
                            (name, event) -> page.append(row(name, state.getValue(), decide(state.getValue(), event))));
        }
        return page.toString();
    }

    private static Set<String> edges() {
        Set<String> edges = new LinkedHashSet<>();
        for (RolloutState state : Examples.states().values()) {
            Examples.events().forEach((name, event) -> {
                RolloutState next = decide(state, event).next();
                if (!kind(next).equals(kind(state))) {
                    edges.add(kind(state) + " --> " + kind(next));
                }
            });
        }
        return new TreeSet<>(edges);
    }

    private static Transition decide(RolloutState state, RolloutEvent event) {
        return RolloutMachine.decide(state, event, Examples.SPEC, Examples.LATER);
    }

    private static String row(String event, RolloutState before, Transition then) {
        if (then.next().equals(before) && then.effects().isEmpty()) {
            return "";
        }
        String effects =
                then.effects().stream().map(TransitionTableTest::effect).collect(Collectors.joining("; "));
        return "| " + event + " | " + kind(then.next()) + " | " + effects + " | "
                + then.reason().text() + " |\n";
    }

    private static String kind(RolloutState state) {
        return state instanceof RolloutState.Ended ended
                ? ended.ending().label()
                : state.getClass().getSimpleName().toLowerCase();
    }

    private static String effect(Effect effect) {
        return switch (effect) {
            case Effect.RunCheck it -> "check " + it.check().name().toLowerCase();
            case Effect.Converge it ->
                it.target().arms().stream()
                        .map(arm -> arm.arm().name().toLowerCase() + " "
                                + arm.revision().label() + " x" + arm.replicas() + " " + arm.weight())
                        .collect(Collectors.joining(", ", "run ", ""));
            case Effect.MakeStable it -> it.revision().label() + " becomes stable";
            case Effect.HoldService _ -> "hold the service";
            case Effect.Notify it -> "tell (" + it.severity().name().toLowerCase() + ")";
        };
    }
}
