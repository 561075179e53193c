package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link ConfigFuzz}: what is the same each time, and a minute with a fresh seed; src/bench/fuzz-oci takes longer. */
class ConfigFuzzTest {
    @TempDir
    Path directory;

    @Test
    void aConfigurationChangedByChanceRunsOrIsRefusedAndLeavesNothing() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        long seconds = Long.getLong("fuzz.seconds", 60);
        System.out.println(
                "config.json fuzzed for " + seconds + " s with seed " + seed + " (repeat with -Dseed=" + seed + ")");
        ConfigFuzz fuzz = new ConfigFuzz(directory);
        fuzz.run(seed, Duration.ofSeconds(seconds));
        System.out.println(fuzz.report());
        assertThat(fuzz.report()).contains(" ran, ").contains("refused");
    }

    @Test
    void theSameHundredConfigurationsEachTimeRunOrAreRefused() throws Exception {
        new ConfigFuzz(directory).run(20_260, 100);
    }

    @Test
    void aWrongValueAtAnyPlaceIsReadOrRefused() throws Exception {
        ConfigFuzz fuzz = new ConfigFuzz(directory);
        int read = fuzz.readEachPlaceWith(Arrays.asList(
                null,
                true,
                0,
                -1,
                4_294_967_296L,
                Long.MIN_VALUE,
                "",
                "a\0b",
                "\ud800",
                "/".repeat(5000),
                new LinkedHashMap<>(),
                new ArrayList<>(),
                new ArrayList<>(Arrays.asList((Object) null))));
        assertThat(read).isGreaterThan(2000);
    }
}
