package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalHostTest {
    private static final String OWNER = "unusedhost";

    @TempDir
    private Path directory;

    @Test
    void one_that_was_there_before_is_never_taken_for_unused_whether_its_containers_are_known_yet_or_not()
            throws IOException {
        try (LocalHost first = LocalHost.open(directory, OWNER)) {
            assertThat(first.isUnused()).isTrue();
        }
        try (LocalHost again = LocalHost.open(directory, OWNER)) {
            boolean unused = again.isUnused();
            again.removeNetwork();
            assertThat(unused).isFalse();
        }
    }
}
