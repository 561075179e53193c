package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import io.slipway.linux.Purpose;
import io.slipway.sandbox.json.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every system call that made a container, in order: the agent's, the child's up to its exec, and its pid 1's.
 *
 * @param planned whether they are those that would be made; then there are no results and times
 */
public record Explanation(boolean planned, List<CallResult> calls) {
    /** Not needed by who only shows it. */
    private static final class Json {
        private static final JsonMapper MAPPER = JsonMapper.builder().build();
    }

    public Explanation {
        calls = List.copyOf(calls);
    }

    Explanation(List<CallResult> calls) {
        this(false, calls);
    }

    /**
     * The calls made for one purpose.
     *
     * @param numbers of the calls, from 1, in the order in which the whole was made
     * @param micros time spent in them, in microseconds, without what was only waited for
     * @param share of the time spent in all, 0 to 1; 0 when none was measured
     */
    public record Group(Purpose purpose, List<Integer> numbers, List<CallResult> calls, double micros, double share) {}

    void write(Path file) throws IOException {
        Files.write(file, Json.MAPPER.writeValueAsBytes(this));
    }

    static Explanation read(Path file) throws IOException {
        if (!Files.exists(file)) {
            // Its starter was killed before it could be written.
            return new Explanation(List.of());
        }
        try {
            return Json.MAPPER.readValue(Files.readAllBytes(file), Explanation.class);
        } catch (JacksonException e) {
            throw new IOException("the explanation in " + file + " cannot be read " + JsonFault.of(e), e);
        }
    }

    /**
     * Agent and child in the order in which one waited for the other.
     *
     * @param agent its calls up to the clone, up to each time that it lets the child go, and after
     * @param child the clone, and the child's calls
     */
    public static Explanation interleaved(boolean planned, List<List<CallResult>> agent, List<CallResult> child) {
        List<CallResult> all = new ArrayList<>(agent.getFirst());
        int next = 1;
        for (CallResult call : child) {
            if (CallWords.waits(call) && next < agent.size()) {
                all.addAll(agent.get(next++));
            }
            all.add(call);
        }
        agent.subList(next, agent.size()).forEach(all::addAll);
        return new Explanation(planned, all);
    }

    Explanation with(List<CallResult> more) {
        return new Explanation(
                planned, Stream.concat(calls.stream(), more.stream()).toList());
    }

    /** By purpose, in the order in which the purposes are first met. */
    public List<Group> groups() {
        Map<Purpose, List<Integer>> numbers = new TreeMap<>();
        for (int i = 0; i < calls.size(); i++) {
            numbers.computeIfAbsent(calls.get(i).purpose(), p -> new ArrayList<>())
                    .add(i + 1);
        }
        double all = micros();
        return numbers.entrySet().stream()
                .map(e -> group(e.getKey(), e.getValue(), all))
                .toList();
    }

    private Group group(Purpose purpose, List<Integer> numbers, double all) {
        List<CallResult> its = numbers.stream().map(n -> calls.get(n - 1)).toList();
        double micros = micros(its);
        return new Group(purpose, numbers, its, micros, all == 0 ? 0 : micros / all);
    }

    /** Time spent in all calls, in microseconds, without what was only waited for. Agent and child work side by side for part of it. */
    public double micros() {
        return micros(calls);
    }

    private static double micros(List<CallResult> calls) {
        return calls.stream()
                .filter(call -> !CallWords.waits(call))
                .mapToDouble(CallResult::micros)
                .filter(micros -> !Double.isNaN(micros))
                .sum();
    }

    /** As strace(1) would show it, under a heading for each purpose, with who made each call and how long it took. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(summary()));
        for (Group group : groups()) {
            lines.add("");
            lines.add(heading(group));
            for (int i = 0; i < group.calls().size(); i++) {
                lines.add(line(group.numbers().get(i), group.calls().get(i)));
            }
        }
        return lines;
    }

    private String summary() {
        String who = calls.stream()
                .collect(Collectors.groupingBy(CallResult::by, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        return planned
                ? calls.size() + " calls would make it (" + who + "); nothing was run"
                : String.format(Locale.ROOT, "%d calls, %.2f ms in them (%s)", calls.size(), micros() / 1e3, who);
    }

    private String heading(Group group) {
        String title = group.purpose().title() + ": " + group.purpose().meaning();
        String size = count(group.calls().size());
        return planned
                ? String.format("%s  [%s]", title, size)
                : String.format(
                        Locale.ROOT, "%s  [%s, %.1f µs, %.0f %%]", title, size, group.micros(), 100 * group.share());
    }

    private static String count(int calls) {
        return calls == 1 ? "1 call" : calls + " calls";
    }

    private String line(int number, CallResult call) {
        String text = String.format("%5d  %-6s", number, call.by());
        if (planned) {
            return text + "  " + call.text() + (call.mayFail() ? "  [may fail]" : "");
        }
        String time = Double.isNaN(call.micros()) ? "-" : String.format(Locale.ROOT, "%.1f µs", call.micros());
        String waits = CallWords.waits(call) ? " [waits]" : "";
        return String.format("%s %11s  %s = %s%s", text, time, call.text(), CallWords.result(call), waits);
    }
}
