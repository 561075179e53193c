package io.slipway.cli;

import io.slipway.sandbox.log.LogLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much is kept of what a container writes. */
final class LogOptions {
    private static final long BYTES_MIN = 64 << 10;

    @Option(
            names = "--log-max-size",
            paramLabel = "SIZE",
            description = "Of one file of its log, at which the next is begun: at least 64KiB. Default: 32MiB.")
    private @Nullable String size;

    @Option(
            names = "--log-max-files",
            paramLabel = "COUNT",
            description = "Files of its log that are kept, 2 to 10000; the oldest goes first. Default: 8.")
    private @Nullable Integer files;

    LogLimits limits() {
        LogLimits limits = LogLimits.DEFAULT;
        long bytes = size == null ? limits.segmentBytes() : ByteSize.parse("--log-max-size ", size);
        if (bytes < BYTES_MIN) {
            throw new CommandFailed(
                    ExitCode.USAGE, "--log-max-size " + size + " is below 64KiB, the least; write 64KiB, 10MiB, 1GiB");
        }
        try {
            return new LogLimits(bytes, files == null ? limits.segments() : files);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, "--log-max-files " + files + ": " + e.getMessage());
        }
    }
}
