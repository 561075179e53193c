package io.slipway.app.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes away what a demo has made when SIGINT or SIGTERM ends it, which ends a Java machine by its shutdown hooks. */
final class Interruption {
    private final Path directory;
    private final Consumer<String> tell;
    private final Thread hook = Thread.ofPlatform().name("interrupted").unstarted(this::takeAway);
    private volatile @Nullable LocalSlipway slipway;

    /** From now on until {@link #over}. */
    Interruption(Path directory, Consumer<String> tell) {
        this.directory = directory;
        this.tell = tell;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    void of(LocalSlipway running) {
        slipway = running;
    }

    /** The demo ends by itself. Does not return when it has been interrupted: then that ends the process. */
    void over() throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException interrupted) {
            Thread.currentThread().join();
        }
    }

    /** Ends what runs of it. Its directory stays. */
    void tearDown() throws IOException, InterruptedException {
        LocalSlipway running = slipway;
        if (running != null) {
            running.tearDown();
        }
    }

    private void takeAway() {
        tell.accept("Interrupted: taking away what was made");
        try {
            tearDown();
            FileTree.delete(directory);
        } catch (IOException e) {
            tell.accept("Not all could be taken away, look into " + directory + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
