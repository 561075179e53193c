package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataDirectoryTest {
    private final Path directory;

    DataDirectoryTest() throws IOException {
        directory = Files.createTempDirectory(
                "slipway-data", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    @AfterEach
    void delete() throws IOException {
        Directories.delete(directory);
    }

    @Test
    void what_does_not_fit_is_refused_with_what_is_free_what_it_takes_and_what_to_do() throws IOException {
        try (DataDirectory data = DataDirectory.open(directory)) {
            data.requireRoom(1);
            assertThatThrownBy(() -> data.requireRoom(1L << 60))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("only [0-9]+ MiB are free in " + data.path()
                            + ", and a new installation takes 1099511627776 MiB, .*--data");
        }
    }

    @Test
    void one_that_is_in_use_is_refused() throws IOException {
        try (DataDirectory data = DataDirectory.open(directory)) {
            assertThatThrownBy(() -> DataDirectory.open(directory))
                    .hasMessage(data.path() + " is in use by another 'slipway up'; stop that one, or name another by"
                            + " --data");
        }
    }
}
