package io.slipway.control;

import io.slipway.placement.HostReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether hosts have an image, and the same. Of an image for several platforms each host takes its own, and reports the digest of what names them
 * all, so hosts of different architectures agree.
 *
 * @param image as the release named it
 * @param asked what the hosts were told to bring
 */
record ImageCheck(String image, String asked, List<HostReport> hosts) {
    private static final String FAILED = "failed:";
    private static final String PIN = "@sha256:";
    private static final int NAMED_MAX = 5;
    /** Enough to tell images apart; the whole digest is the revision's. */
    private static final int DIGEST_SHOWN = "sha256:".length() + 12;

    /** What was found out. */
    sealed interface Answer {}

    /** @param digest that stands for it on every host */
    record Usable(String digest, String text) implements Answer {}

    record Unusable(String code, String text) implements Answer {}

    /** Empty while a host is still looking. */
    Optional<Answer> answer() {
        List<HostReport> without =
                hosts.stream().filter(host -> found(host).startsWith(FAILED)).toList();
        if (!without.isEmpty()) {
            return Optional.of(new Unusable("image-failed", failed(without)));
        }
        if (hosts.isEmpty() || hosts.stream().anyMatch(host -> found(host).isEmpty())) {
            return Optional.empty();
        }
        int pin = image.lastIndexOf(PIN);
        Map<String, List<HostReport>> byDigest =
                hosts.stream().collect(Collectors.groupingBy(this::found, TreeMap::new, Collectors.toList()));
        if (byDigest.size() > 1 && pin < 0) {
            return Optional.of(new Unusable(
                    "image-differs",
                    "image " + image + " is not the same on all hosts: "
                            + byDigest.entrySet().stream()
                                    .map(one -> shortened(one.getKey()) + " on " + names(one.getValue()))
                                    .collect(Collectors.joining(", "))
                            + "; its tag moved meanwhile. Release again, or name it by its digest"));
        }
        String digest = pin < 0 ? byDigest.keySet().iterator().next() : image.substring(pin + 1);
        return Optional.of(new Usable(digest, "image " + image + " is " + shortened(digest) + platforms()));
    }

    private String found(HostReport host) {
        return host.images().getOrDefault(asked, "");
    }

    private String failed(List<HostReport> without) {
        HostReport first = without.getFirst();
        String others = without.size() == 1 ? "" : ", nor on " + names(without.subList(1, without.size()));
        return "image " + image + " cannot be used on " + first.host() + " (" + platform(first) + ")" + others + ": "
                + found(first).substring(FAILED.length()).strip();
    }

    private String platforms() {
        Map<String, Long> counts = hosts.stream()
                .collect(Collectors.groupingBy(ImageCheck::platform, TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(one ->
                        " for " + one.getKey() + " on " + one.getValue() + (one.getValue() == 1 ? " host" : " hosts"))
                .collect(Collectors.joining(","));
    }

    private static String platform(HostReport host) {
        return "linux/" + host.architecture();
    }

    private static String names(List<HostReport> some) {
        String first =
                some.stream().limit(NAMED_MAX).map(host -> host.host().value()).collect(Collectors.joining(", "));
        return some.size() > NAMED_MAX ? first + " and " + (some.size() - NAMED_MAX) + " more hosts" : first;
    }

    private static String shortened(String digest) {
        return digest.substring(0, Math.min(digest.length(), DIGEST_SHOWN));
    }
}
