package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostnameTest {
    private static final String LABEL = "a".repeat(63);

    @ParameterizedTest
    @ValueSource(strings = {"a", "1", "web-1", "web-1.example.com", "A.b.3"})
    void a_name_of_labels_is_one(String name) {
        assertThat(Hostname.checked(name)).isEqualTo(name);
        assertThat(Hostname.checked(LABEL)).isEqualTo(LABEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-a", "a-", "a..b", ".a", "a.", "a_b", "a b", "a\n", "\u00e9", "a.-b"})
    void what_has_other_characters_or_hyphens_at_an_end_is_none(String name) {
        assertThatThrownBy(() -> Hostname.checked(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RFC 1123")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> Hostname.checked("a" + LABEL)).hasMessageContaining("labels of 1 to 63");
        assertThatThrownBy(() -> Hostname.checked(LABEL + ".ab")).hasMessageContaining("64 bytes in all");
    }

    @ParameterizedTest
    @CsvSource({"c1, c1", "c_1.x, c-1-x", "c1-, c1", "c1_., c1"})
    void a_containers_id_becomes_a_name(String id, String name) {
        assertThat(Hostname.of(id)).isEqualTo(name);
        assertThat(Hostname.checked(Hostname.of(id))).isEqualTo(name);
    }
}
