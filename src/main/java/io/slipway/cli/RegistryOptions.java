package io.slipway.cli;

import io.slipway.image.Image;
import io.slipway.image.ImageReference;
import io.slipway.image.ImageSource;
import io.slipway.image.ImageStore;
import io.slipway.image.registry.RegistryClient;
import io.slipway.image.registry.RegistrySettings;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** How a command speaks to registries. */
final class RegistryOptions {
    @Option(
            names = "--plain-http",
            description = "Speak to the image's registry without TLS. Registries on loopback need no permission.")
    private boolean plainHttp;

    @Option(names = "--quiet", description = "Say nothing while pulling.")
    private boolean quiet;

    /** Pulls, telling of it. */
    Image pull(ImageStore store, ImageReference reference, PrintWriter err) throws IOException {
        RegistrySettings settings = RegistrySettings.defaults();
        if (plainHttp) {
            settings = settings.withPlainHttp(reference.registry());
        }
        try (PullView view = PullView.on(err, quiet);
                RegistryClient client = new RegistryClient(settings, view)) {
            return store.pulling(client, view).pull(reference);
        }
    }

    /** An image to run: what is known by this name, or else imported or pulled. */
    Image obtain(ImageStore store, String image, PrintWriter err) throws IOException {
        if (ImageSource.parse(image) instanceof ImageSource.Registry named) {
            var known = store.resolve(image);
            return known.isPresent() ? known.get() : pull(store, named.reference(), err);
        }
        return store.obtain(image);
    }
}
