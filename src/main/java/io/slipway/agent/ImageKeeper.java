package io.slipway.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Brings the images that are wanted, each once, and tries again what failed as long as it is wanted. */
final class ImageKeeper {
    private static final Logger LOG = Logger.getLogger(ImageKeeper.class.getName());
    private final Containers containers;
    private final Runnable changed;
    private final Map<String, Image> images = new HashMap<>();
    private boolean closed;

    /** An image is on its way while it has neither digest nor failure. */
    private static final class Image {
        private @Nullable String digest;
        private @Nullable String failure;
    }

    ImageKeeper(Containers containers, Runnable changed) {
        this.containers = containers;
        this.changed = changed;
    }

    synchronized void want(Set<String> references) {
        images.keySet().retainAll(references);
        try {
            containers.keep(references);
        } catch (IOException e) {
            // What was pinned before stays so; nothing is lost but room.
            LOG.log(Level.WARNING, "the images that are needed could not be written down: {0}", e.toString());
        }
        for (String reference : references) {
            if (!images.containsKey(reference)) {
                Image image = new Image();
                images.put(reference, image);
                Thread.ofVirtual().name("image " + reference).start(() -> bring(reference, image));
            }
        }
        notifyAll();
    }

    /** Reference to digest, or to 'failed: why'; what is still on its way is absent. */
    synchronized Map<String, String> report() {
        Map<String, String> report = new TreeMap<>();
        images.forEach((reference, image) -> {
            if (image.digest != null) {
                report.put(reference, image.digest);
            } else if (image.failure != null) {
                report.put(reference, "failed: " + image.failure);
            }
        });
        return report;
    }

    /** Waits for an image at most so long. True when it is there. */
    synchronized boolean await(String reference, Duration atMost) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        while (true) {
            Image image = images.get(reference);
            long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (image != null && image.digest != null) {
                return true;
            }
            if (leftMs <= 0 || closed) {
                return false;
            }
            wait(leftMs);
        }
    }

    /** Why an image is not there; empty while it is on its way. */
    synchronized String failure(String reference) {
        Image image = images.get(reference);
        return image == null || image.failure == null ? "" : image.failure;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    private void bring(String reference, Image image) {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
        try {
            while (wanted(reference, image)) {
                try {
                    settle(image, containers.prepare(reference), null);
                    return;
                } catch (IOException e) {
                    settle(image, null, String.valueOf(e.getMessage()));
                    pause(reference, image, backoff.next());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean wanted(String reference, Image image) {
        return !closed && images.get(reference) == image;
    }

    private void settle(Image image, @Nullable String digest, @Nullable String failure) {
        synchronized (this) {
            image.digest = digest;
            image.failure = failure;
            notifyAll();
        }
        changed.run();
    }

    private synchronized void pause(String reference, Image image, Duration pause) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + pause.toNanos();
        long leftMs = pause.toMillis();
        while (leftMs > 0 && wanted(reference, image)) {
            wait(leftMs);
            leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
        }
    }
}
