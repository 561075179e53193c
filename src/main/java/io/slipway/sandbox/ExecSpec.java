package io.slipway.sandbox;

import io.slipway.linux.WindowSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A command to be executed in a container that runs.
 *
 * @param argv what to run; a name without a slash is looked for in the environment's PATH
 * @param env beside the container's own
 * @param workingDirectory absolute, in the container; empty means the application's
 * @param user as {@link Application#user}; empty means the application's
 * @param input whether {@link Exec#input} is read by it; otherwise it reads /dev/null
 * @param terminal its first size, when its input, output and error are to be a terminal
 * @param discard whether its output is thrown away
 * @param atMost how long it may take, then it is killed; empty means for ever
 * @param startAtMost how long it may take to join the container, which a container's root can hinder
 * @param oomScoreAdj from -1000 to 1000: how likely the OOM killer ends it; empty means the container's
 */
public record ExecSpec(
        List<String> argv,
        Map<String, String> env,
        Optional<String> workingDirectory,
        Optional<String> user,
        boolean input,
        Optional<WindowSize> terminal,
        boolean discard,
        Optional<Duration> atMost,
        Duration startAtMost,
        OptionalInt oomScoreAdj) {
    private static final Duration START_AT_MOST = Duration.ofSeconds(10);
    private static final int OOM_SCORE_MAX = 1000;

    public ExecSpec {
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("there is no command to execute");
        }
        workingDirectory = workingDirectory.map(Environment::directory);
        if (Math.abs(oomScoreAdj.orElse(0)) > OOM_SCORE_MAX) {
            throw new IllegalArgumentException("OOM score " + oomScoreAdj.getAsInt() + " is not from -1000 to 1000");
        }
        Environment.check(argv);
        Environment.check(env);
        argv = List.copyOf(argv);
        env = Map.copyOf(env);
    }

    /** As the container's application, without input and terminal. */
    public static ExecSpec of(List<String> argv) {
        return new ExecSpec(
                argv,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                false,
                Optional.empty(),
                START_AT_MOST,
                OptionalInt.empty());
    }

    public ExecSpec withEnv(Map<String, String> other) {
        return new ExecSpec(
                argv, other, workingDirectory, user, input, terminal, discard, atMost, startAtMost, oomScoreAdj);
    }

    public ExecSpec withWorkingDirectory(Optional<String> other) {
        return new ExecSpec(argv, env, other, user, input, terminal, discard, atMost, startAtMost, oomScoreAdj);
    }

    public ExecSpec withUser(Optional<String> other) {
        return new ExecSpec(
                argv, env, workingDirectory, other, input, terminal, discard, atMost, startAtMost, oomScoreAdj);
    }

    public ExecSpec withInput(boolean other) {
        return new ExecSpec(
                argv, env, workingDirectory, user, other, terminal, discard, atMost, startAtMost, oomScoreAdj);
    }

    public ExecSpec withTerminal(Optional<WindowSize> other) {
        return new ExecSpec(argv, env, workingDirectory, user, input, other, discard, atMost, startAtMost, oomScoreAdj);
    }

    public ExecSpec withDiscard(boolean other) {
        return new ExecSpec(
                argv, env, workingDirectory, user, input, terminal, other, atMost, startAtMost, oomScoreAdj);
    }

    public ExecSpec withAtMost(Optional<Duration> other) {
        return new ExecSpec(
                argv, env, workingDirectory, user, input, terminal, discard, other, startAtMost, oomScoreAdj);
    }

    public ExecSpec withStartAtMost(Duration other) {
        return new ExecSpec(argv, env, workingDirectory, user, input, terminal, discard, atMost, other, oomScoreAdj);
    }

    public ExecSpec withOomScoreAdj(int other) {
        return new ExecSpec(
                argv,
                env,
                workingDirectory,
                user,
                input,
                terminal,
                discard,
                atMost,
                startAtMost,
                OptionalInt.of(other));
    }
}
