package io.slipway.image.registry;

import java.io.InterruptedIOException;
import java.time.Duration;

/** Time that only goes forward, and waiting in it. */
interface Pauses {
    Pauses REAL = new Pauses() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration length) throws InterruptedIOException {
            try {
                Thread.sleep(length);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for a registry");
            }
        }
    };

    long nanoTime();

    void pause(Duration length) throws InterruptedIOException;
}
