package io.slipway.cli;

import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway replay}: a recorded comparison again, by what was declared or by other conditions. */
@Command(
        name = "replay",
        description = {
            "Judge a recorded comparison again: what would have happened, when, and at what cost.",
            "It is the watch, or what came before the promotion where there was none. Recorded windows are "
                    + "kept for 30 days; --save keeps them for longer, and 'slipway judge' reads such a file as "
                    + "--baseline and --candidate."
        })
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions options = new ApiOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ROLLOUT|SERVICE", arity = "0..1", description = "A rollout, or a service's latest.")
    private @Nullable String name;

    @Option(
            names = "--spec",
            paramLabel = "S.yaml",
            description = "Other conditions: a service file, or only stopConditions, watch and cost.")
    private @Nullable Path other;

    @Option(names = "--save", paramLabel = "FILE", description = "Keep the recording in a file; it must not exist.")
    private @Nullable Path save;

    @Option(names = "--recording", paramLabel = "FILE", description = "Read a kept one; no server is asked.")
    private @Nullable Path recording;

    @Override
    public Integer call() {
        if ((name == null) == (recording == null)) {
            throw new CommandFailed(
                    ExitCode.USAGE, "name a ROLLOUT or SERVICE, or give --recording FILE: one of them, not both");
        }
        if (save != null && (recording != null || Files.exists(save))) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    recording != null
                            ? "--save goes with a ROLLOUT, not with --recording: copy the file instead"
                            : save + " exists; name a file that does not, so that nothing is lost");
        }
        if (recording != null) {
            return replay(recording);
        }
        Path file = save != null ? save : temporary();
        try {
            fetch(String.valueOf(name), file);
            return replay(file);
        } finally {
            if (save == null) {
                delete(file);
            }
        }
    }

    private void fetch(String rollout, Path file) {
        ApiClient api = options.client();
        String path = "/api/v1/rollouts/" + ApiClient.encode(RolloutCommand.idOf(api, rollout)) + "/recording";
        try (InputStream in = api.stream(path)) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandFailed(
                    ExitCode.FAILED, "cannot keep the recording in " + file + ": " + FailureText.reason(e));
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempFile("slipway-replay", ".jsonl");
        } catch (IOException e) {
            throw new CommandFailed(
                    ExitCode.FAILED, "cannot make a temporary file: " + FailureText.reason(e) + "; give --save FILE");
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new CommandFailed(
                    ExitCode.FAILED, "cannot remove the temporary " + file + ": " + FailureText.reason(e));
        }
    }

    private int replay(Path file) {
        PrintWriter err = spec.commandLine().getErr();
        RecordingHead head = RecordingHead.read(file);
        RecordedArms arms = RecordedArms.read(file, file, err::println);
        boolean control = !arms.control().windows().isEmpty();
        JudgeSpec judged = other == null
                ? head.declared(control)
                : head.by(JudgeSpecFile.read(other, true, head.prices(), err::println), control);
        Replay replay = Replay.of(head, judged, arms);
        Printer printer = new Printer(spec.commandLine().getOut());
        if (options.json()) {
            printer.json(json(head, judged, replay));
        } else {
            print(head, judged, replay, printer);
        }
        return ExitCode.DONE;
    }

    private void print(RecordingHead head, JudgeSpec judged, Replay replay, Printer printer) {
        printer.line(head.title() + ", compared from " + head.since() + " to " + head.until() + "; judged by "
                + (other == null ? "what was declared" : other.toString()));
        if (!head.notRecorded().isEmpty()) {
            printer.line("Not judged again, since a recording holds no series of the team's own: "
                    + String.join(", ", head.notRecorded()));
        }
        for (Verdict v : replay.changes()) {
            printer.line(v.at() + "  " + outcome(v));
            printer.line("    " + v.sentence());
        }
        Verdict last = replay.last();
        String recorded = " (recorded: " + head.state() + ")";
        printer.line(
                last == null
                        ? "It ended before the first look" + recorded + "."
                        : replay.reverts()
                                ? "It would be reverted "
                                        + Duration.between(head.since(), last.at())
                                                .toSeconds() + " s after it began" + recorded + "."
                                : "It would not be reverted; at the end: " + outcome(last) + recorded + ".");
        printer.line(cost(judged, replay));
    }

    /** A verdict in one word. */
    private static String outcome(Verdict v) {
        return v.outcome().label() + (v.commonCause() ? ", common cause" : "");
    }

    private static String cost(JudgeSpec judged, Replay replay) {
        String sentence =
                "Until then the new revision answered " + replay.candidate().requests() + " requests, "
                        + replay.candidate().errors() + " with errors";
        if (Double.isNaN(replay.errorsMore())) {
            return sentence + "; there is no control to compare with.";
        }
        return sentence + more(replay.errorsMore(), "%.0f") + "; it cost "
                + String.format(Locale.ROOT, "%.4f ", replay.candidate().cost())
                + judged.prices().currency() + more(replay.costMore(), "%.4f") + ".";
    }

    private static String more(double value, String format) {
        return " (" + String.format(Locale.ROOT, format, Math.abs(value)) + (value < 0 ? " fewer" : " more")
                + " than at the control's rate)";
    }

    private static ObjectNode json(RecordingHead head, JudgeSpec judged, Replay replay) {
        ObjectNode node = ApiClient.JSON.createObjectNode();
        node.put("rollout", head.rollout());
        node.put("recorded", head.state());
        node.put("since", head.since().toString());
        node.put("until", head.until().toString());
        head.notRecorded().forEach(node.withArray("notRecorded")::add);
        node.put("looks", replay.looks());
        node.put("revert", replay.reverts());
        Verdict last = replay.last();
        if (last != null) {
            node.set("last", ApiClient.JSON.readTree(LookJson.of(last)));
            node.put("seconds", Duration.between(head.since(), last.at()).toSeconds());
        }
        var changes = node.putArray("changes");
        replay.changes().forEach(v -> changes.add(ApiClient.JSON.readTree(LookJson.of(v))));
        ObjectNode cost = node.putObject("candidate");
        cost.put("requests", replay.candidate().requests());
        cost.put("errors", replay.candidate().errors());
        cost.put("cost", replay.candidate().cost());
        cost.put("currency", judged.prices().currency());
        if (!Double.isNaN(replay.errorsMore())) {
            cost.put("errorsMore", replay.errorsMore());
            cost.put("costMore", replay.costMore());
        }
        return node;
    }
}
