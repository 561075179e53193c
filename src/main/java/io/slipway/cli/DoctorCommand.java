package io.slipway.cli;

import io.slipway.sandbox.doctor.Doctor;
import io.slipway.sandbox.doctor.Finding;
import io.slipway.sandbox.doctor.Finding.State;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway doctor}. */
@Command(
        name = "doctor",
        description = "What this machine offers to containers, tried; what is off for lack of it, and how to mend it.",
        footer = {
            "",
            "Ends with 0 if a container can be run, otherwise with 1. Changes nothing, and leaves nothing behind."
        })
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private RuntimeOptions options = new RuntimeOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--port", paramLabel = "PORT", description = "That 'slipway up' is to listen on. Default: 8080.")
    private int port = 8080;

    @Option(names = "--edge-port", paramLabel = "PORT", description = "Of the edge. Default: 8000.")
    private int edgePort = 8000;

    @Override
    public Integer call() throws IOException {
        List<Finding> findings = new Doctor(options.dataDirectory(), List.of(port, edgePort)).examine();
        Printer printer = new Printer(spec.commandLine().getOut());
        boolean canRun = Doctor.canRun(findings);
        if (options.json()) {
            printer.json(json(findings, canRun));
        } else {
            print(findings, canRun, printer);
        }
        return canRun ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static void print(List<Finding> findings, boolean canRun, Printer printer) throws IOException {
        printer.table(
                List.of("AREA", "WHAT", "STATE", "FOUND"),
                findings.stream()
                        .map(f -> List.of(f.area(), f.subject(), word(f.state()), f.found()))
                        .toList());
        for (State state : List.of(State.MISSING, State.LIMITED)) {
            findings.stream().filter(f -> f.state() == state).forEach(f -> lacking(f, printer));
        }
        long unseen = findings.stream().filter(f -> f.state() == State.UNKNOWN).count();
        printer.line("");
        if (unseen > 0) {
            String more = RuntimeOptions.isRoot() ? "the table says why." : "as root more can be seen.";
            printer.line(unseen + " could not be looked at; " + more);
        }
        printer.line(canRun ? "Containers can be run here." : "No container can be run here, for what is missing.");
    }

    private static void lacking(Finding finding, Printer printer) {
        printer.line("");
        printer.line(finding.area() + ", " + finding.subject() + ": " + word(finding.state()));
        printer.line("  off:  " + finding.off());
        printer.line("  mend: " + finding.mend());
    }

    private static ObjectNode json(List<Finding> findings, boolean canRun) {
        ObjectNode node = ApiClient.JSON.createObjectNode().put("canRun", canRun);
        ArrayNode list = node.putArray("findings");
        for (Finding finding : findings) {
            list.addObject()
                    .put("area", finding.area())
                    .put("subject", finding.subject())
                    .put("state", word(finding.state()))
                    .put("found", finding.found())
                    .put("off", finding.off())
                    .put("mend", finding.mend());
        }
        return node;
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
