package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvFileTest {
    @TempDir
    private Path temp;

    private Map<String, String> read(String content) throws Exception {
        Path file = Files.writeString(temp.resolve("env"), content, StandardCharsets.ISO_8859_1);
        return EnvFile.read(file, Map.of("HERE", "as here")::get);
    }

    private void refused(String content, String... told) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("--env-file " + temp.resolve("env") + ", line ")
                .hasMessageContainingAll(told);
    }

    @Test
    void a_value_is_what_stands_there() throws Exception {
        assertThat(read("A=b\nQUOTED=\"a b\"\nEND=blank \nTWO=a=b\nNONE=\nHASH=a # b\n"))
                .containsExactly(
                        Map.entry("A", "b"),
                        Map.entry("QUOTED", "\"a b\""),
                        Map.entry("END", "blank "),
                        Map.entry("TWO", "a=b"),
                        Map.entry("NONE", ""),
                        Map.entry("HASH", "a # b"));
    }

    @Test
    void comments_empty_lines_and_blanks_in_front_mean_nothing() throws Exception {
        assertThat(read("# A=1\n\n   \n\t# B=2\n  C=3")).containsExactly(Map.entry("C", "3"));
        assertThat(read("")).isEmpty();
    }

    @Test
    void a_name_alone_is_as_it_is_set_here_and_the_later_line_counts() throws Exception {
        assertThat(read("HERE\nNOT_HERE\nA=1\nA=2\n"))
                .containsExactly(Map.entry("HERE", "as here"), Map.entry("A", "2"));
    }

    @Test
    void files_of_other_systems_are_taken() throws Exception {
        assertThat(read("\u00ef\u00bb\u00bfA=1\r\nB=2\r\n")).containsExactly(Map.entry("A", "1"), Map.entry("B", "2"));
    }

    @Test
    void what_is_malformed_is_refused_by_file_and_line_without_its_value() {
        refused("A=1\n=t0p", "line 2: no name stands before '='");
        refused("A=1\n\nA B=t0p", "line 3: the name 'A B' has a blank in it");
        refused("A =t0p", "line 1: the name 'A ' has a blank in it");
        refused("export A=t0p", "line 1: this is no shell script; leave 'export' out");
        refused("A=1\nB=\u00e4", "line 2: it is not UTF-8");
        refused("A=a\0t0p", "line 1: the value of A has NUL in it");
        assertThatThrownBy(() -> read("A B=t0p")).message().doesNotContain("t0p");
    }

    @Test
    void a_file_that_cannot_be_read_is_named() {
        assertThatThrownBy(() -> EnvFile.read(temp.resolve("none"), name -> null))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContainingAll("--env-file " + temp.resolve("none") + " cannot be read", "NAME=VALUE");
        assertThatThrownBy(() -> EnvFile.read(temp, name -> null)).hasMessageContaining("cannot be read");
    }
}
