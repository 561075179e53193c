package io.slipway.rollout;

import io.slipway.base.Arm;
import io.slipway.base.Weight;
import io.slipway.release.Check;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as people read them in a reason. */
final class Words {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Words() {}

    /** {@code 90s}, {@code 10m}, {@code 1h30m}: at most two units, rounded down to whole seconds. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 7200) {
            return seconds / 60 + "m" + (seconds % 60 == 0 ? "" : seconds % 60 + "s");
        }
        long minutes = seconds / 60;
        return minutes / 60 + "h" + (minutes % 60 == 0 ? "" : minutes % 60 + "m");
    }

    static String time(Instant at) {
        return TIME.format(at);
    }

    static String replicas(Target target) {
        int candidates = target.replicasOf(Arm.CANDIDATE);
        String text = candidates + (candidates == 1 ? " candidate replica" : " candidate replicas");
        return target.replicasOf(Arm.CONTROL) > 0 ? text + " and the control" : text;
    }

    static String weights(Target target) {
        String text = target.weightOf(Arm.CANDIDATE) + " candidate";
        Weight control = target.weightOf(Arm.CONTROL);
        text += control.equals(Weight.ZERO) ? "" : ", " + control + " control";
        Weight stable = target.weightOf(Arm.STABLE);
        return stable.equals(Weight.ZERO) ? text : text + ", " + stable + " stable";
    }

    static String check(Check check) {
        return switch (check) {
            case IMAGE -> "the image";
            case CAPACITY -> "that there is room";
            case SMOKE -> "that one replica becomes ready without traffic";
        };
    }

    static String arms(FleetView fleet) {
        return "candidate " + ready(fleet, Arm.CANDIDATE) + ", control " + ready(fleet, Arm.CONTROL) + ", stable "
                + ready(fleet, Arm.STABLE);
    }

    private static String ready(FleetView fleet, Arm arm) {
        FleetView.ArmView view = fleet.arm(arm);
        return view.ready() + "/" + view.wanted() + " ready";
    }
}
