package io.slipway.agent;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.network.BridgeNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The runtime of this machine: sandboxes, image store and bridge below one directory. */
public final class LocalHost implements HostParts {
    private static final int BRIDGE_CHARS = 8;
    private final Sandboxes sandboxes;
    private final Containers containers;
    private final BridgeNetwork network;
    private final Optional<HostImages> images;
    private final boolean isNew;

    private LocalHost(
            Sandboxes sandboxes,
            Containers containers,
            BridgeNetwork network,
            Optional<HostImages> own,
            boolean isNew) {
        this.isNew = isNew;
        this.sandboxes = sandboxes;
        this.containers = containers;
        this.network = network;
        this.images = own;
    }

    /** @param owner unique to the directory: 8 or more of a-z, 0-9 and dash */
    public static LocalHost open(Path directory, String owner) throws IOException {
        HostImages images = HostImages.open(directory, owner);
        try {
            return open(directory, owner, images, Optional.of(images));
        } catch (IOException e) {
            images.close();
            throw e;
        }
    }

    static LocalHost open(Path directory, String owner, Images images) throws IOException {
        return open(directory, owner, images, Optional.empty());
    }

    private static LocalHost open(Path directory, String owner, Images images, Optional<HostImages> own)
            throws IOException {
        String bridge = "slipway" + owner.substring(0, BRIDGE_CHARS);
        boolean isNew = !Files.exists(directory.resolve("network"));
        BridgeNetwork network = BridgeNetwork.open(directory.resolve("network"), bridge);
        try {
            Sandboxes sandboxes = Sandboxes.open(directory.resolve("containers"), owner, Optional.of(network));
            return new LocalHost(sandboxes, new SandboxContainers(sandboxes, images, network), network, own, isNew);
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
    public boolean isUnused() {
        // Of one that was there before, the containers are only known once they are adopted.
        return isNew && sandboxes.list().isEmpty();
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
        images.ifPresent(HostImages::close);
        sandboxes.close();
        network.close();
    }
}
