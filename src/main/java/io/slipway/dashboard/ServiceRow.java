package io.slipway.dashboard;

import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.ServiceView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One service on the services page.
 *
 * @param group what of: {@code needs} somebody, {@code rolling}, {@code quiet}
 * @param rolling {@code r42 25%} while a rollout is active
 * @param rollout the address of the rollout that the row is about
 */
record ServiceRow(
        String name,
        StateMark mark,
        Group group,
        String stable,
        @Nullable String rolling,
        @Nullable String rollout,
        String sentence,
        String owner,
        @Nullable Sparkline line) {
    /** In the order shown. */
    enum Group {
        NEEDS("Needs somebody"),
        ROLLING("Rolling"),
        QUIET("Quiet");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    static ServiceRow of(ServiceView v, Optional<Sparkline> line) {
        StateMark mark = StateMark.of(v);
        return new ServiceRow(
                v.name().value(),
                mark,
                group(v, mark),
                v.stable().map(RevisionId::label).orElse(Figures.NONE),
                v.active().map(ServiceRow::rolling).orElse(null),
                v.active().or(v::latest).map(r -> "/rollouts/" + r.id()).orElse(null),
                v.sentence(),
                v.owner(),
                line.orElse(null));
    }

    private static Group group(ServiceView v, StateMark mark) {
        if (mark.tone().equals("wait") || mark.tone().equals("bad")) {
            return Group.NEEDS;
        }
        return v.active().isPresent() ? Group.ROLLING : Group.QUIET;
    }

    private static String rolling(RolloutView r) {
        return r.revision().label() + " "
                + Optional.ofNullable(r.weights().get(r.revision())).orElse(Weight.ZERO);
    }
}
