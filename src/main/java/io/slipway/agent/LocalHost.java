package io.slipway.agent;

import io.slipway.image.IdShift;
import io.slipway.image.Image;
import io.slipway.image.ImageStore;
import io.slipway.sandbox.Network;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The runtime of this machine: sandboxes, image store and bridge below one directory. */
public final class LocalHost implements HostParts {
    private final Sandboxes sandboxes;
    private final Containers containers;
    private final Optional<Network> network;

    private LocalHost(Sandboxes sandboxes, Containers containers, Optional<Network> network) {
        this.sandboxes = sandboxes;
        this.containers = containers;
        this.network = network;
    }

    public static LocalHost open(Path directory, String owner) throws IOException {
        ImageStore store = ImageStore.open(directory.resolve("images"), IdShift.DEFAULT);
        Optional<Network> network = Optional.empty();
        Sandboxes sandboxes = Sandboxes.open(directory.resolve("containers"), owner, network);
        return new LocalHost(
                sandboxes,
                new SandboxContainers(sandboxes, reference -> bundle(store.obtain(reference)), network.isPresent()),
                network);
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
        network.ifPresent(n -> {});
    }

    @Override
    public void close() throws IOException {
        sandboxes.close();
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
