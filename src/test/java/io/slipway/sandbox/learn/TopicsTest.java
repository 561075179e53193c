package io.slipway.sandbox.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TopicsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/topics.txt");

    /** {@code -Dgolden.update=true} writes it anew. */
    @Test
    void the_list_of_topics_is_the_committed_one() throws Exception {
        String list = Topics.all().stream()
                .map(topic -> topic.name() + "  " + topic.title() + "  [" + String.join("; ", topic.manual()) + "]\n")
                .collect(Collectors.joining());
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GOLDEN, list);
        }
        assertThat(list).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void names_are_unique_and_found() {
        assertThat(Topics.all().stream().map(Topic::name).distinct()).hasSameSizeAs(Topics.all());
        assertThat(Topics.find("pid")).isPresent();
        assertThat(Topics.find("pidd")).isEmpty();
    }
}
