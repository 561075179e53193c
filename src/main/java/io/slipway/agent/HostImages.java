package io.slipway.agent;

import io.slipway.image.Digest;
import io.slipway.image.IdShift;
import io.slipway.image.Image;
import io.slipway.image.ImageStore;
import io.slipway.image.Pruned;
import io.slipway.image.PullProgress;
import io.slipway.image.PullSetup;
import io.slipway.image.registry.RegistriesFile;
import io.slipway.image.registry.RegistryClient;
import io.slipway.sandbox.LayersInUse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** The image store of this machine for an agent: brings what is wanted, pins it, and removes what it brought a day after it was last wanted. */
final class HostImages implements Images, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(HostImages.class.getName());
    private static final Duration RETENTION = Duration.ofDays(1);
    private static final Duration LOOK_EVERY = Duration.ofHours(1);
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final Path data;
    private final String owner;
    private final RegistryClient registry;
    private final ImageStore store;
    private final Thread removing;

    private HostImages(Path data, String owner, RegistryClient registry, ImageStore store) {
        this.data = data;
        this.owner = owner;
        this.registry = registry;
        this.store = store;
        this.removing = Thread.ofVirtual().name("images").unstarted(this::removeNowAndThen);
    }

    /** @param owner of the data directory; of its pins, too */
    static HostImages open(Path data, String owner) throws IOException {
        RegistriesFile.Content file = RegistriesFile.read(data.resolve(RegistriesFile.NAME));
        RegistryClient registry = new RegistryClient(file.settings(), PullProgress.NONE);
        PullSetup setup =
                PullSetup.of(registry, PullProgress.NONE, file.policy()).forOwner("agent-" + owner);
        HostImages made = new HostImages(
                data,
                "agent-" + owner,
                registry,
                ImageStore.open(data.resolve("images"), IdShift.DEFAULT).with(setup));
        made.removing.start();
        return made;
    }

    @Override
    public Bundle obtain(String reference) throws IOException {
        Image image = store.obtain(reference);
        return new Bundle(
                image.rootDigest().toString(),
                image.layers(),
                image.config().command(),
                image.config().env(),
                image.config().user(),
                image.config().workingDir());
    }

    @Override
    public void keep(Set<String> references) throws IOException {
        store.pin(owner, references, Instant.now());
    }

    @Override
    public void close() {
        removing.interrupt();
        registry.close();
    }

    private void removeNowAndThen() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                remove();
            }
        } catch (InterruptedException e) {
            // The agent ends.
            Thread.currentThread().interrupt();
        }
    }

    private Set<Digest> stoodOn() throws IOException {
        return LayersInUse.below(data).stream().map(Digest::new).collect(Collectors.toSet());
    }

    private void remove() {
        try {
            Pruned removed = store.retire(owner, RETENTION, this::stoodOn, WITHIN);
            if (removed.bytes() > 0) {
                LOG.log(Level.INFO, "removed {0} images that are no longer needed: {1} bytes", new Object[] {
                    removed.images().size(), removed.bytes()
                });
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "images that are no longer needed were not removed: {0}", e.getMessage());
        }
    }
}
