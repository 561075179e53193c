package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.linux.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecFailureTest {
    @TempDir
    Path temp;

    private Path lower;
    private Path upper;

    @BeforeEach
    void layers() throws Exception {
        lower = Files.createDirectory(temp.resolve("lower"));
        upper = Files.createDirectory(temp.resolve("upper"));
        Files.createDirectories(lower.resolve("usr/bin"));
        Files.createDirectories(upper.resolve("opt"));
        Files.createSymbolicLink(lower.resolve("bin"), Path.of("usr/bin"));
    }

    private String text(String path, int errno) {
        return new ExecFailure(Root.of(List.of(lower, upper)), path, errno)
                .text()
                .orElse("nothing to say");
    }

    @Test
    void the_interpreter_of_a_script_is_named_when_it_is_not_in_any_layer() throws Exception {
        Files.writeString(lower.resolve("usr/bin/run"), "#! /usr/bin/env python3\n");
        assertThat(text("/bin/run", Errno.ENOENT)).contains("its interpreter /usr/bin/env is not in the container");
        Files.createFile(upper.resolve("opt/env"));
        Files.createSymbolicLink(lower.resolve("usr/bin/env"), Path.of("/opt/../opt/env"));
        assertThat(text("/bin/run", Errno.ENOENT)).contains("it, or the interpreter that it names");
    }

    @Test
    void the_loader_of_a_dynamic_program_is_named() throws Exception {
        Files.copy(Path.of("/usr/bin/env"), lower.resolve("usr/bin/env"));
        assertThat(text("/usr/bin/env", Errno.ENOENT)).containsPattern("its interpreter /lib\\S*ld-linux\\S* is not");
    }

    @Test
    void a_program_of_another_processor_and_a_text_are_told_apart() throws Exception {
        byte[] program = Files.readAllBytes(Path.of("/usr/bin/env"));
        program[18] = 21;
        program[19] = 0;
        Files.write(lower.resolve("usr/bin/ppc"), program);
        Files.writeString(lower.resolve("usr/bin/text"), "echo hi\n");
        assertThat(text("/bin/ppc", Errno.ENOEXEC)).contains("for another processor (ELF machine 21)");
        assertThat(text("/bin/text", Errno.ENOEXEC)).contains("first line begins with #!");
    }

    @Test
    void links_that_lead_in_a_circle_or_out_of_the_root_end_and_find_nothing_of_the_host() throws Exception {
        Files.createSymbolicLink(upper.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(upper.resolve("b"), Path.of("a"));
        Files.createSymbolicLink(upper.resolve("out"), Path.of("../../../../../../../../etc/passwd"));
        assertThat(new ImageFiles(Root.of(List.of(lower, upper))).has("/a")).isFalse();
        assertThat(new ImageFiles(Root.of(List.of(lower, upper))).has("/out")).isFalse();
        assertThat(text("/out", Errno.EIO)).isEqualTo("nothing to say");
    }

    @Test
    void what_is_mounted_on_the_image_counts_for_what_lies_there() throws Exception {
        Path host = Files.createDirectory(temp.resolve("host"));
        Files.writeString(host.resolve("run"), "#!/bin/bash\r\n");
        Root root = Root.of(List.of(lower, upper)).withBinds(List.of(new BindMount(host, "/opt", true)));
        assertThat(new ExecFailure(root, "/opt/run", Errno.ENOENT).text().orElseThrow())
                .contains("its first line ends with a carriage return");
    }
}
