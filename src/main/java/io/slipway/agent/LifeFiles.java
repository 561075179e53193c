package io.slipway.agent;

import io.slipway.base.AllocationId;
import io.slipway.fleet.FleetCodec;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * What is remembered of replicas' starts and ends, one small file each, so that an agent that was killed goes on counting. A power failure may cost the
 * last of it, with the containers. Where a file cannot be read or written the agent goes on without: a replica that runs is worth more than its history.
 */
final class LifeFiles {
    private static final Logger LOG = Logger.getLogger(LifeFiles.class.getName());
    private static final String SUFFIX = ".json";
    private final Path directory;

    LifeFiles(Path directory) throws IOException {
        this.directory = Directories.make(directory, "rwx------");
    }

    Life read(AllocationId id) {
        try {
            return FleetCodec.read(Files.readAllBytes(file(id)), Life.class);
        } catch (NoSuchFileException e) {
            return Life.NEW;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "restarts of allocation {0} are counted anew: {1}", new Object[] {id, e});
            return Life.NEW;
        }
    }

    void write(AllocationId id, Life life) {
        try {
            Directories.write(file(id), FleetCodec.write(life));
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "restarts of allocation {0} would be counted anew by another agent: {1}",
                    new Object[] {id, e});
        }
    }

    void forget(AllocationId id) {
        delete(file(id));
    }

    /** Forgets what was taken off the assignments while no agent ran. */
    void keepOnly(Set<AllocationId> ids) throws IOException {
        Set<Path> kept = ids.stream().map(this::file).collect(Collectors.toSet());
        try (var all = Files.list(directory)) {
            all.filter(it -> !kept.contains(it)).forEach(LifeFiles::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} is of no use any more, but stays: {1}", new Object[] {file, e});
        }
    }

    private Path file(AllocationId id) {
        return directory.resolve(URLEncoder.encode(id.value(), StandardCharsets.UTF_8) + SUFFIX);
    }
}
