package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApplicationTest {
    private static final Application GOOD = Application.of(List.of("/bin/true"));

    @Test
    void what_the_kernel_would_cut_off_is_refused_and_no_value_is_told() {
        assertThatThrownBy(() -> GOOD.withEnv(Map.of("KEY", "t0p\0s3cr3t")))
                .hasMessageContaining("the value of environment variable KEY has NUL in it")
                .hasMessageNotContaining("s3cr3t");
        assertThatThrownBy(() -> GOOD.withEnv(Map.of("A\0B", "x"))).hasMessageContaining("'A?B' is no name");
        assertThatThrownBy(() -> Application.of(List.of("/bin/echo", "a\0b"))).hasMessageContaining("argument 1");
        assertThatThrownBy(() -> Application.of(List.of(""))).hasMessageContaining("the command is empty");
    }

    @Test
    void names_of_variables_are_not_empty_and_have_no_equals_sign() {
        assertThatThrownBy(() -> GOOD.withEnv(Map.of("", "x"))).hasMessageContaining("write NAME=VALUE");
        assertThatThrownBy(() -> GOOD.withEnv(Map.of("A=B", "x"))).hasMessageContaining("'A=B' is no name");
    }

    @Test
    void a_working_directory_is_absolute_and_a_group_a_name_or_a_number_that_is_mapped() {
        assertThatThrownBy(() -> GOOD.withWorkingDirectory("srv")).hasMessageContaining("'srv' is not absolute");
        for (String group : List.of("", "65536", "-1", "99999999999", "a:b")) {
            assertThatThrownBy(() -> GOOD.withGroups(List.of(group)))
                    .hasMessageContaining("group '" + group + "' is neither");
        }
    }
}
