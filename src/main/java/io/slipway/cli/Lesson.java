package io.slipway.cli;

import io.slipway.sandbox.learn.Classroom;
import io.slipway.sandbox.learn.Shown;
import io.slipway.sandbox.learn.Topic;
import io.slipway.sandbox.learn.Topics;
import java.io.Console;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/** Gives lessons: on a terminal step by step, otherwise at once. */
final class Lesson {
    private final RuntimeOptions options;
    private final Printer printer;
    private final @Nullable Console terminal;

    Lesson(RuntimeOptions options, Printer printer) {
        this.options = options;
        this.printer = printer;
        Console console = System.console();
        terminal = console != null && console.isTerminal() && !options.json() ? console : null;
    }

    int give(@Nullable String name) throws IOException, InterruptedException {
        if (name == null) {
            list();
            return ExitCode.DONE;
        }
        Topic topic = Topics.find(name)
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.USAGE,
                        "there is no topic '" + name + "'. Topics: "
                                + String.join(
                                        ", ",
                                        Topics.all().stream().map(Topic::name).toList())));
        options.needRoot();
        try (Classroom classroom = Classroom.open(options.scratch())) {
            give(topic, classroom);
        }
        return ExitCode.DONE;
    }

    private void list() {
        if (options.json()) {
            ArrayNode list = ApiClient.JSON.createArrayNode();
            Topics.all().forEach(topic -> list.add(LessonView.summary(topic)));
            printer.json(list);
            return;
        }
        printer.table(
                List.of("TOPIC", "WHAT"),
                Topics.all().stream()
                        .map(topic -> List.of(topic.name(), topic.title()))
                        .toList());
        printer.line("");
        printer.line("'slipway explain --learn TOPIC' teaches one, and tries it in a container that is thrown away.");
    }

    private void give(Topic first, Classroom classroom) throws IOException, InterruptedException {
        Optional<Topic> topic = Optional.of(first);
        while (topic.isPresent()) {
            Shown shown = show(topic.get(), classroom);
            if (options.json()) {
                printer.json(LessonView.json(topic.get(), shown));
            }
            topic = terminal == null ? Optional.empty() : next(topic.get());
        }
    }

    private Shown show(Topic topic, Classroom classroom) throws IOException, InterruptedException {
        if (options.json()) {
            return classroom.show(topic);
        }
        LessonView.introduction(topic).forEach(printer::line);
        Shown shown = classroom.show(topic);
        List<String> rest = new ArrayList<>(LessonView.calls(shown));
        rest.addAll(LessonView.with(topic, shown));
        rest.forEach(printer::line);
        pause("  Enter: the same without it");
        LessonView.without(topic, shown).forEach(printer::line);
        return shown;
    }

    private Optional<Topic> next(Topic topic) {
        int index = Topics.all().indexOf(topic) + 1;
        if (index >= Topics.all().size()) {
            return Optional.empty();
        }
        Topic next = Topics.all().get(index);
        boolean goesOn = pause("Enter: next, " + next.name() + " (" + next.title() + "); q and Enter: end");
        return goesOn ? Optional.of(next) : Optional.empty();
    }

    /** @return false if one has had enough */
    private boolean pause(String prompt) {
        if (terminal == null) {
            return true;
        }
        String answer = terminal.readLine("%n%s ", prompt);
        return answer != null && !answer.strip().equalsIgnoreCase("q");
    }
}
