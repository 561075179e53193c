package io.slipway.cli;

import io.slipway.image.Freshness;
import io.slipway.image.Image;
import io.slipway.image.ImageReference;
import io.slipway.image.ImageSource;
import io.slipway.image.ImageStore;
import io.slipway.image.Platform;
import io.slipway.image.PullSetup;
import io.slipway.image.registry.RegistriesFile;
import io.slipway.image.registry.RegistryClient;
import io.slipway.image.registry.RegistrySettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How a command speaks to registries. */
final class RegistryOptions {
    @Option(
            names = "--plain-http",
            description = "Speak to the image's registry without TLS. Registries on loopback need no permission.")
    private boolean plainHttp;

    @Option(names = "--quiet", description = "Say nothing while pulling.")
    private boolean quiet;

    /** Does something with a store that can pull, telling of it. */
    private Image in(ImageStore store, Path data, String image, Platform platform, PrintWriter err, Taking taking)
            throws IOException {
        RegistriesFile.Content file = RegistriesFile.read(data.resolve(RegistriesFile.NAME));
        RegistrySettings settings = file.settings();
        if (plainHttp && ImageSource.parse(image) instanceof ImageSource.Registry named) {
            settings = settings.withPlainHttp(named.reference().registry());
        }
        try (PullView view = PullView.on(err, quiet);
                RegistryClient client = new RegistryClient(settings, view)) {
            return taking.from(
                    store.with(PullSetup.of(client, view, file.policy()).forPlatform(platform)));
        }
    }

    /** Pulls what a reference stands for now. */
    Image pull(ImageStore store, Path data, String image, Platform platform, PrintWriter err) throws IOException {
        ImageReference reference = ImageReference.parse(image);
        return in(store, data, image, platform, err, ready -> ready.pull(reference));
    }

    /** An image to run. */
    Image obtain(ImageStore store, Path data, String image, Freshness freshness, PrintWriter err) throws IOException {
        return in(store, data, image, Platform.here(), err, ready -> ready.obtain(image, freshness));
    }

    /** Takes an image from a store. */
    interface Taking {
        Image from(ImageStore store) throws IOException;
    }
}
