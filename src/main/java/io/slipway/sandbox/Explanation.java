package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import io.slipway.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Every system call that made a container, in order: the agent's, the child's up to its exec, and its pid 1's. */
public record Explanation(List<CallResult> calls) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    void write(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(this));
    }

    static Explanation read(Path file) throws IOException {
        if (!Files.exists(file)) {
            // Its starter was killed before it could be written.
            return new Explanation(List.of());
        }
        try {
            return JSON.readValue(Files.readAllBytes(file), Explanation.class);
        } catch (JacksonException e) {
            throw new IOException("the explanation in " + file + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    Explanation with(List<CallResult> more) {
        List<CallResult> all = new ArrayList<>(calls);
        all.addAll(more);
        return new Explanation(all);
    }

    /** As strace(1) would show it, with who made each call and how long it took. */
    public List<String> lines() {
        return calls.stream().map(Explanation::line).toList();
    }

    private static String line(CallResult call) {
        String result = call.failed() ? Errno.describe((int) -call.result()) : Long.toString(call.result());
        String time = Double.isNaN(call.micros()) ? "-" : String.format(Locale.ROOT, "%.1f µs", call.micros());
        String foreseen = call.failed() && call.mayFail() ? " [passed over]" : "";
        return String.format("%-6s %10s  %s = %s%s", call.by(), time, call.text(), result, foreseen);
    }
}
