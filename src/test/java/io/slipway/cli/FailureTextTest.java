package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureTextTest {
    @TempDir
    private Path temp;

    @Test
    void a_file_is_named_with_what_is_wrong_and_not_with_the_class_of_an_exception() throws Exception {
        Path none = temp.resolve("none");
        assertThat(said(() -> Files.readString(none))).isEqualTo(none + ": no such file or directory");
        Path there = Files.createFile(temp.resolve("there"));
        assertThat(said(() -> Files.createDirectory(there))).isEqualTo(there + ": exists already");
        assertThat(said(() -> Files.createFile(there.resolve("below"))))
                .isEqualTo(there.resolve("below") + ": Not a directory");
        assertThat(said(() -> Files.readString(temp))).isEqualTo("Is a directory");
    }

    @Test
    void of_a_file_that_was_named_already_the_reason_alone_is_told() throws Exception {
        Path latin = Files.write(temp.resolve("latin"), new byte[] {(byte) 0xe4});
        assertThat(reason(temp.resolve("none"))).isEqualTo("no such file or directory");
        assertThat(reason(temp)).isEqualTo("Is a directory");
        assertThat(reason(latin)).isEqualTo("it is not text in UTF-8");
    }

    private static String reason(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return FailureText.reason(e);
        }
    }

    @Test
    void a_full_disk_comes_with_how_to_find_it() {
        assertThat(said(() -> Files.writeString(Path.of("/dev/full"), "x")))
                .isEqualTo(
                        "No space left on device; see which file system is full with 'df -h' and 'df -i', and free some of"
                                + " it");
    }

    @Test
    void what_is_no_failure_of_input_or_output_is_left_to_the_trace() {
        assertThat(FailureText.of(new IllegalStateException("x"))).isEmpty();
        assertThat(FailureText.of(new IOException())).isEmpty();
        assertThat(FailureText.of(new UncheckedIOException(new ConnectException("refused"))))
                .contains("cannot connect: refused");
    }

    private static String said(Callable<?> failing) {
        try {
            failing.call();
        } catch (Exception e) {
            return FailureText.of(e).orElse(e.toString());
        }
        throw new AssertionError("it did not fail");
    }
}
