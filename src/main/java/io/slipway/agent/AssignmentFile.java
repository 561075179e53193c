package io.slipway.agent;

import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.fleet.Assignments;
import io.slipway.fleet.FleetCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The last assignments taken in, durable: what to do without a controller, and the fence against older commands. */
final class AssignmentFile {
    private final Path file;
    private Optional<Assignments> last;

    AssignmentFile(Path file) throws IOException {
        this.file = file;
        this.last = Files.exists(file)
                ? Optional.of(FleetCodec.read(Files.readAllBytes(file), Assignments.class))
                : Optional.empty();
    }

    synchronized Optional<Assignments> last() {
        return last;
    }

    synchronized Epoch epoch() {
        return last.map(a -> a.run().epoch()).orElse(new Epoch(0));
    }

    synchronized Generation generation() {
        return last.map(a -> a.run().generation()).orElse(Generation.NONE);
    }

    /** False, and nothing changes, unless it is newer than all seen before. */
    synchronized boolean offer(Assignments next) throws IOException {
        if (!next.isNewerThan(epoch(), generation())) {
            return false;
        }
        Directories.writeDurably(file, FleetCodec.write(next));
        last = Optional.of(next);
        return true;
    }
}
