package io.slipway.agent;

import io.slipway.linux.Daemon;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A child process that is kept running: adopted or started, watched, started again after a pause when it ends. */
final class Child implements Runnable {
    private static final Logger LOG = Logger.getLogger(Child.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration READY_LOOK = Duration.ofMillis(50);
    private static final int LAST_LINES = 5;

    private final String name;
    private final Part part;
    private @Nullable Thread watch;
    private volatile boolean closed;

    /** What differs between the children. */
    interface Part {
        /** Adopts or starts it. */
        void start() throws IOException, InterruptedException;

        boolean alive();

        boolean ready() throws InterruptedException;

        void stop() throws IOException, InterruptedException;

        Path log();
    }

    Child(String name, Part part) {
        this.name = name;
        this.part = part;
    }

    /** Returns once it is ready. @throws IOException when it ends before, or takes too long; its last words are in the message */
    void start(Duration within) throws IOException, InterruptedException {
        part.start();
        long deadlineNanos = System.nanoTime() + within.toNanos();
        while (!part.ready()) {
            boolean late = System.nanoTime() - deadlineNanos > 0;
            if (late || !part.alive()) {
                throw new IOException(
                        name + (late ? " is not ready after " + within.toSeconds() + " s" : " ended while starting")
                                + ": " + lastLines() + " (" + part.log() + ")");
            }
            Thread.sleep(READY_LOOK);
        }
        watch = Thread.ofVirtual().name("child " + name).start(this);
    }

    /** Watches until it is stopped or left. */
    @Override
    public void run() {
        Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));
        long aliveSinceNanos = System.nanoTime();
        try {
            while (!closed) {
                if (part.alive()) {
                    if (System.nanoTime() - aliveSinceNanos
                            > Duration.ofMinutes(1).toNanos()) {
                        backoff.reset();
                    }
                    Thread.sleep(LOOK_EVERY);
                    continue;
                }
                Duration pause = backoff.next();
                LOG.log(Level.WARNING, "{0} ended and is started again in {1} ms: {2}", new Object[] {
                    name, Long.toString(pause.toMillis()), lastLines()
                });
                Thread.sleep(pause);
                restart();
                aliveSinceNanos = System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets it run on without us. */
    void leave() throws InterruptedException {
        closed = true;
        Thread known = watch;
        if (known != null) {
            known.interrupt();
            known.join();
        }
    }

    void stop() throws IOException, InterruptedException {
        leave();
        part.stop();
    }

    private void restart() throws InterruptedException {
        try {
            if (!closed) {
                part.start();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} could not be started: {1}", new Object[] {name, e.getMessage()});
        }
    }

    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(part.log(), StandardCharsets.UTF_8);
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "its log cannot be read: " + e.getMessage();
        }
    }

    /** A JVM of our own programs, ready when an address answers 200. */
    static final class Java implements Part {
        /** Makes the command anew for each start: the database's address may have changed meanwhile. */
        interface Commands {
            Daemon.Command make() throws IOException;
        }

        private static final Duration STOP_WITHIN = Duration.ofSeconds(40);
        private final Commands commands;
        private final HttpCheck check;
        private @Nullable Daemon process;
        private boolean adopted;
        private Path log = Path.of("/dev/null");

        Java(Commands commands, HttpCheck check) {
            this.commands = commands;
            this.check = check;
        }

        @Override
        public void start() throws IOException {
            Daemon.Command command = commands.make();
            log = command.log();
            Optional<Daemon> running = Daemon.find(command.mark(), command.pidFile());
            adopted = running.isPresent();
            if (running.isPresent()) {
                process = running.get();
            } else {
                check.requireFree();
                process = Daemon.start(command);
            }
        }

        /** Whether it ran before. */
        boolean adopted() {
            return adopted;
        }

        @Override
        public boolean alive() {
            Daemon known = process;
            return known != null && known.alive();
        }

        @Override
        public boolean ready() {
            return check.answers();
        }

        @Override
        public void stop() throws IOException, InterruptedException {
            Daemon known = process;
            if (known != null) {
                known.end("SIGTERM", STOP_WITHIN);
            }
        }

        @Override
        public Path log() {
            return log;
        }
    }
}
