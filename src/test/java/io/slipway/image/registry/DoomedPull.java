package io.slipway.image.registry;

import io.slipway.image.IdShift;
import io.slipway.image.ImageReference;
import io.slipway.image.ImageStore;
import io.slipway.image.Prune;
import io.slipway.image.PullProgress;
import io.slipway.image.PullSetup;
import io.slipway.image.SignaturePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** Pulls an image, or removes all, in a process of its own that is killed meanwhile. Arguments: store, image or {@code prune}. */
public final class DoomedPull {
    static final String PRUNE = "prune";

    private DoomedPull() {}

    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        ImageStore store = ImageStore.open(root, IdShift.DEFAULT);
        if (args[1].equals(PRUNE)) {
            store.prune(new Prune(true, false), Set::of, Duration.ofSeconds(30));
            return;
        }
        RegistrySettings settings = RegistrySettings.defaults().withAuth(root.resolveSibling("auth.json"));
        try (RegistryClient client = new RegistryClient(settings, PullProgress.NONE)) {
            store.with(PullSetup.of(client, PullProgress.NONE, SignaturePolicy.NONE))
                    .pull(ImageReference.parse(args[1]));
        }
    }
}
