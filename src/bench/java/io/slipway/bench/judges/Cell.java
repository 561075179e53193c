package io.slipway.bench.judges;

import io.slipway.analysis.SimulatedService;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.util.List;
import java.util.function.Consumer;

/** One row of the table: how both arms behave, what is declared, and for how long they are watched. Change its id when the row is changed. */
final class Cell {
    static final List<StopCondition> MARGINS = List.of(
            new StopCondition.Regresses(Metric.P95_LATENCY, 0.10),
            new StopCondition.Regresses(Metric.ERROR_RATE, 0.005),
            new StopCondition.Regresses(Metric.COST_PER_REQUEST, 0.15));
    /** The hardest null: equal arms, nothing tolerated. */
    private static final List<StopCondition> NOTHING = List.of(
            new StopCondition.Regresses(Metric.P95_LATENCY, 0),
            new StopCondition.Regresses(Metric.ERROR_RATE, 0),
            new StopCondition.Regresses(Metric.COST_PER_REQUEST, 0));

    /** What happens to the candidate before a window, the time being in hours since the watch began. */
    interface Change {
        void apply(SimulatedService candidate, double hours);
    }

    final String id;
    final String text;
    final boolean isNull;
    List<StopCondition> conditions = MARGINS;
    double windowSeconds = 10;
    double hours = 24;
    /** When the candidate becomes worse than tolerated. */
    double worseFromHours;

    /** What takes the time that the oracle does not need. */
    String because = "";

    Faults.Kind faults = Faults.Kind.NONE;
    private Consumer<SimulatedService> both = s -> {};
    private Consumer<SimulatedService> control = s -> {};
    private Consumer<SimulatedService> candidate = s -> {};
    private Change change = (s, hours) -> {};

    private Cell(String id, String text, boolean isNull) {
        this.id = id;
        this.text = text;
        this.isNull = isNull;
    }

    static Cell healthy(String id, String text) {
        return new Cell(id, text, true);
    }

    /** @param hours after which the watch is given up */
    static Cell worse(String id, String text, double hours) {
        Cell cell = new Cell(id, text, false);
        cell.hours = hours;
        return cell;
    }

    Cell because(String why) {
        because = why;
        return this;
    }

    Cell both(Consumer<SimulatedService> setup) {
        both = both.andThen(setup);
        return this;
    }

    Cell traffic(double requestsPerSecond) {
        return both(s -> s.requestsPerSecond = requestsPerSecond);
    }

    /** Noise of each arm's own: relative for errors and cpu, a third of it for latency. */
    Cell noise(double correlation, double size) {
        return both(s -> {
            s.correlation = correlation;
            s.noiseSize = size;
        });
    }

    Cell control(Consumer<SimulatedService> setup) {
        control = setup;
        return this;
    }

    Cell candidate(Consumer<SimulatedService> setup) {
        candidate = setup;
        return this;
    }

    Cell change(double fromHours, Change what) {
        worseFromHours = fromHours;
        change = what;
        return this;
    }

    Cell nothingTolerated() {
        conditions = NOTHING;
        return this;
    }

    Cell only(Metric metric, double margin) {
        conditions = List.of(new StopCondition.Regresses(metric, margin));
        return this;
    }

    Cell windows(double seconds) {
        windowSeconds = seconds;
        return this;
    }

    Cell faults(Faults.Kind kind) {
        faults = kind;
        return this;
    }

    int windows() {
        return (int) (hours * 3600 / windowSeconds);
    }

    /** The first window in which the candidate is worse than tolerated. */
    int worseFrom() {
        return (int) (worseFromHours * 3600 / windowSeconds);
    }

    SimulatedService control(long seed) {
        return set(SimulatedService.control(seed), control);
    }

    SimulatedService candidate(long seed) {
        return set(SimulatedService.candidate(seed), candidate);
    }

    private SimulatedService set(SimulatedService service, Consumer<SimulatedService> own) {
        service.seconds = windowSeconds;
        both.accept(service);
        own.accept(service);
        return service;
    }

    void change(SimulatedService candidateArm, int index) {
        change.apply(candidateArm, index * windowSeconds / 3600);
    }
}
