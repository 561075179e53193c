package io.slipway.cli;

import io.slipway.linux.Signal;
import io.slipway.sandbox.Sandbox;
import java.util.Optional;
import java.util.function.Consumer;

/** The signal by which a container is asked to end: {@code --stop-signal}, or its image's, or SIGTERM. Kept among its labels. */
final class StopSignal {
    static final String LABEL = "stop-signal";
    static final String USUAL = "SIGTERM";

    private StopSignal() {}

    /**
     * Empty where it is the usual one.
     *
     * @param ofImage empty if the image names none; one that is no signal is passed over
     * @throws CommandFailed if what was asked for is none
     */
    static Optional<String> chosen(Optional<String> asked, String ofImage, Consumer<String> warning) {
        if (asked.isPresent()) {
            try {
                Signal.number(asked.get());
            } catch (IllegalArgumentException e) {
                throw new CommandFailed(ExitCode.USAGE, "--stop-signal: " + e.getMessage());
            }
            return asked.filter(it -> !it.equals(USUAL));
        }
        if (ofImage.isEmpty() || ofImage.equals(USUAL)) {
            return Optional.empty();
        }
        try {
            Signal.number(ofImage);
            return Optional.of(ofImage);
        } catch (IllegalArgumentException e) {
            warning.accept("warning: the image's stop signal is passed over: " + e.getMessage());
            return Optional.empty();
        }
    }

    static String of(Sandbox sandbox) {
        return sandbox.spec().labels().getOrDefault(LABEL, USUAL);
    }
}
