package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few seconds of {@link ConfigFuzz}, with a fresh seed each time; src/bench/fuzz-oci takes longer. */
class ConfigFuzzTest {
    @TempDir
    Path directory;

    @Test
    void aConfigurationChangedByChanceRunsOrIsRefusedAndLeavesNothing() throws Exception {
        long seed = System.nanoTime();
        System.out.println("config.json fuzzed with seed " + seed);
        ConfigFuzz fuzz = new ConfigFuzz(directory);
        fuzz.run(seed, Duration.ofSeconds(5));
        assertThat(fuzz.report()).contains(" ran, ").contains("refused");
        System.out.println(fuzz.report());
    }
}
