package io.slipway.sandbox;

import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the process that looks after a container has last said about it: one that starts it again, or asks how it is.
 *
 * @param by when that runs no more, nobody looks after it
 * @param policy when it is started again, in words; empty for never
 * @param restarts how often it has been
 * @param nextStartAt when it is started again; empty while it runs, or is not
 * @param health starting, healthy or unhealthy; empty when it is not asked
 * @param reason why it is not healthy; empty when it is
 * @param answers the last ones, oldest first
 */
public record Supervision(
        ProcessIdentity by,
        String policy,
        int restarts,
        Optional<Instant> nextStartAt,
        String health,
        String reason,
        List<Answer> answers) {
    private static final int ANSWERS_MAX = 5;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Of a health check.
     *
     * @param failure in plain words; empty for a success
     */
    public record Answer(Instant at, Duration took, String failure) {}

    static Optional<Supervision> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), Supervision.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            // Of another version, or torn by a power failure: then nothing is known.
            return Optional.empty();
        }
    }

    /** As a whole or not at all. */
    void write(Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.write(next, JSON.writeValueAsBytes(this));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            // Removed by another process.
            return;
        }
    }

    /** By this process, from now on. */
    public static Supervision begin(String policy, boolean asked) {
        int pid = (int) ProcessHandle.current().pid();
        ProcessIdentity self = ProcessIdentity.of(pid)
                .orElseThrow(() -> new IllegalStateException("/proc is not mounted; containers need it"));
        return new Supervision(self, policy, 0, Optional.empty(), asked ? "starting" : "", "", List.of());
    }

    /** Whether anybody still looks after it. */
    public boolean active() {
        return by.runs();
    }

    public Supervision waiting(Instant until) {
        return new Supervision(by, policy, restarts, Optional.of(until), "", "", answers);
    }

    /** It has ended, and is not started again. */
    public Supervision over() {
        return new Supervision(by, policy, restarts, Optional.empty(), "", "", answers);
    }

    public Supervision restarted(int count) {
        return new Supervision(by, policy, count, Optional.empty(), answers.isEmpty() ? "" : "starting", "", answers);
    }

    public Supervision found(String state, String why) {
        return new Supervision(by, policy, restarts, nextStartAt, state, why, answers);
    }

    public Supervision answered(Answer answer) {
        List<Answer> last = new ArrayList<>(answers);
        last.add(answer);
        return new Supervision(
                by,
                policy,
                restarts,
                nextStartAt,
                health,
                reason,
                List.copyOf(last.subList(Math.max(0, last.size() - ANSWERS_MAX), last.size())));
    }
}
