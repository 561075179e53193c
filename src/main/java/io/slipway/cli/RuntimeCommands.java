package io.slipway.cli;

import java.util.List;
import picocli.CommandLine;

/** The commands of the embedded runtime: they need no server. */
public final class RuntimeCommands {
    private RuntimeCommands() {}

    /** New ones each time, as picocli keeps what was parsed in them. */
    public static List<Object> all() {
        return List.of(
                // What follows the image is the container's, not ours.
                new CommandLine(new RunCommand()).setStopAtPositional(true),
                new CommandLine(new CreateCommand()).setStopAtPositional(true),
                new StartCommand(),
                new CommandLine(new ExecCommand()).setStopAtPositional(true),
                new PsCommand(),
                new LogsCommand(),
                new WaitCommand(),
                new EventsCommand(),
                new StopCommand(),
                new KillCommand(),
                new RmCommand(),
                new InspectCommand(),
                new VolumeCommand(),
                new NetworkCommand(),
                new StatsCommand(),
                new TopCommand(),
                new PauseCommand(),
                new ResumeCommand(),
                new UpdateCommand(),
                // What follows an image that is planned is the container's, though options may stand behind a name.
                new CommandLine(new ExplainCommand()).setUnmatchedOptionsArePositionalParams(true),
                new DoctorCommand(),
                new OciCommand());
    }
}
