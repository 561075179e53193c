package io.slipway.agent;

import io.slipway.image.IdShift;
import io.slipway.image.Image;
import io.slipway.image.ImageStore;
import io.slipway.image.PullProgress;
import io.slipway.image.registry.RegistryClient;
import io.slipway.image.registry.RegistrySettings;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.network.BridgeNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The runtime of this machine: sandboxes, image store and bridge below one directory. */
public final class LocalHost implements HostParts {
    private static final int BRIDGE_CHARS = 8;
    private final Sandboxes sandboxes;
    private final Containers containers;
    private final BridgeNetwork network;
    private final Optional<RegistryClient> registry;

    private LocalHost(
            Sandboxes sandboxes, Containers containers, BridgeNetwork network, Optional<RegistryClient> registry) {
        this.sandboxes = sandboxes;
        this.containers = containers;
        this.network = network;
        this.registry = registry;
    }

    /** @param owner unique to the directory: 8 or more of a-z, 0-9 and dash */
    public static LocalHost open(Path directory, String owner) throws IOException {
        RegistryClient registry = new RegistryClient(RegistrySettings.defaults(), PullProgress.NONE);
        ImageStore store =
                ImageStore.open(directory.resolve("images"), IdShift.DEFAULT).pulling(registry, PullProgress.NONE);
        return open(directory, owner, reference -> bundle(store.obtain(reference)), Optional.of(registry));
    }

    static LocalHost open(Path directory, String owner, Images images) throws IOException {
        return open(directory, owner, images, Optional.empty());
    }

    private static LocalHost open(Path directory, String owner, Images images, Optional<RegistryClient> registry)
            throws IOException {
        String bridge = "slipway" + owner.substring(0, BRIDGE_CHARS);
        BridgeNetwork network = BridgeNetwork.open(directory.resolve("network"), bridge);
        try {
            Sandboxes sandboxes = Sandboxes.open(directory.resolve("containers"), owner, Optional.of(network));
            return new LocalHost(sandboxes, new SandboxContainers(sandboxes, images, network), network, registry);
        } catch (IOException e) {
            network.close();
            throw e;
        }
    }

    @Override
    public Containers containers() {
        return containers;
    }

    @Override
    public void removeContainers() throws IOException, InterruptedException {
        for (Sandbox sandbox : sandboxes.list()) {
            sandboxes.remove(sandbox);
        }
    }

    @Override
    public void removeNetwork() throws IOException {
        network.deleteBridge();
    }

    @Override
    public void close() throws IOException {
        registry.ifPresent(RegistryClient::close);
        sandboxes.close();
        network.close();
    }

    private static Images.Bundle bundle(Image image) {
        return new Images.Bundle(
                image.manifestDigest().toString(),
                image.layers(),
                image.config().command(),
                image.config().env(),
                image.config().user(),
                image.config().workingDir());
    }
}
