package io.slipway.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoomsTest {
    private static final String PLANTED = "io.slipway.rooms.planted";

    @Test
    void the_house_is_built_as_its_table_says() {
        JavaClasses house = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test/") && !location.contains("/test-classes/"))
                .withImportOption(new ImportOption.DoNotIncludeJars())
                .importPackages("io.slipway");
        assertThat(house.size()).isGreaterThan(100);
        assertThat(Rooms.violations(house, "io.slipway")).isEmpty();
        assertThat(Rooms.cycles(house, "io.slipway")).isEmpty();
    }

    @Test
    void planted_violations_are_found() {
        JavaClasses planted = new ClassFileImporter().importPackages(PLANTED);
        Set<String> found = Rooms.violations(planted, PLANTED);
        assertThat(found)
                .anyMatch(it -> it.startsWith("rollout must not import placement"))
                .anyMatch(it -> it.startsWith("release is pure") && it.endsWith("uses java.util.concurrent.Executor"))
                .anyMatch(it -> it.startsWith("release is pure") && it.endsWith("calls java.time.Instant.now"))
                .anyMatch(it -> it.contains("unknown room cellar"))
                .anyMatch(it -> it.contains("Homeless is in no room"));
        assertThat(Rooms.cycles(planted, PLANTED))
                .containsExactly("[placement, rollout] import each other in a circle");
    }
}
