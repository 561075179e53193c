package io.slipway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import io.slipway.control.ImageCheck.Unusable;
import io.slipway.control.ImageCheck.Usable;
import io.slipway.placement.HostReport;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the check of an image makes of hosts' reports. */
class ImageCheckTest {
    private static final String IMAGE = "registry.example.com/shop/checkout:1";
    private static final String ONE = "sha256:" + "1a".repeat(32);
    private static final String OTHER = "sha256:" + "2b".repeat(32);

    @Test
    void hosts_of_two_architectures_that_name_one_index_have_the_same_image() {
        assertThat(check(IMAGE, host("a", "amd64", ONE), host("b", "arm64", ONE), host("c", "amd64", ONE)))
                .isEqualTo(new Usable(
                        ONE,
                        "image " + IMAGE
                                + " is sha256:1a1a1a1a1a1a for linux/amd64 on 2 hosts, for linux/arm64 on 1 host"));
    }

    @Test
    void a_host_that_the_index_has_no_image_for_is_named_with_its_platform() {
        String why = "failed: index has no image for linux/arm64, only for [linux/amd64]";
        assertThat(check(IMAGE, host("a", "amd64", ONE), host("b", "arm64", why)))
                .isEqualTo(new Unusable(
                        "image-failed",
                        "image " + IMAGE + " cannot be used on b (linux/arm64): "
                                + "index has no image for linux/arm64, only for [linux/amd64]"));
    }

    @Test
    void of_many_hosts_that_lack_it_a_few_are_named() {
        HostReport[] all = IntStream.range(0, 9)
                .mapToObj(i -> host("h" + i, "amd64", "failed: not there"))
                .toArray(HostReport[]::new);
        assertThat(((Unusable) check(IMAGE, all)).text())
                .contains("cannot be used on h0 (linux/amd64), nor on h1, h2, h3, h4, h5 and 3 more hosts: not there");
    }

    @Test
    void a_tag_that_moved_while_hosts_asked_is_refused_with_who_has_what() {
        assertThat(((Unusable) check(IMAGE, host("a", "amd64", ONE), host("b", "amd64", OTHER))).text())
                .contains("sha256:1a1a1a1a1a1a on a, sha256:2b2b2b2b2b2b on b");
    }

    @Test
    void a_digest_that_the_release_names_is_the_one_that_is_kept() {
        String pinned = IMAGE + "@" + OTHER;
        assertThat(((Usable) check(pinned, host("a", "amd64", ONE), host("b", "arm64", OTHER))).digest())
                .isEqualTo(OTHER);
    }

    @Test
    void a_host_that_has_not_answered_is_waited_for() {
        HostReport looking = host("b", "arm64", ONE);
        assertThat(new ImageCheck(IMAGE, IMAGE + "x", List.of(looking)).answer())
                .isEmpty();
        assertThat(new ImageCheck(IMAGE, IMAGE, List.of()).answer()).isEmpty();
    }

    private static ImageCheck.Answer check(String image, HostReport... hosts) {
        List<HostReport> all = Arrays.stream(hosts)
                .map(host -> new HostReport(
                        host.host(),
                        host.bootId(),
                        host.at(),
                        host.seen(),
                        host.applied(),
                        host.cpus(),
                        host.memoryBytes(),
                        host.memoryFreeBytes(),
                        host.diskFreeBytes(),
                        host.architecture(),
                        host.allocations(),
                        Map.of(image, host.images().get(IMAGE)),
                        host.windows()))
                .toList();
        return new ImageCheck(image, image, all).answer().orElseThrow();
    }

    private static HostReport host(String name, String architecture, String found) {
        return new HostReport(
                new HostName(name),
                "boot",
                Instant.EPOCH,
                new Epoch(1),
                Generation.NONE,
                2,
                1L << 30,
                1L << 30,
                1L << 30,
                architecture,
                List.of(),
                Map.of(IMAGE, found),
                List.of());
    }
}
