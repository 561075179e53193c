package io.slipway.sandbox.oci;

import java.util.List;
import java.util.Optional;

/** {@code process.ioPriority}: {@code level} 0 (first) to 7 (ioprio_set(2)). */
record IoPriority(int scheduling, int level) {
    private static final List<String> CLASSES =
            List.of("IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE");
    private static final int CLASS_SHIFT = 13;

    static Optional<IoPriority> parse(Node node) throws ConfigException {
        if (!node.present()) {
            return Optional.empty();
        }
        int scheduling = CLASSES.indexOf(node.at("class").text());
        if (scheduling < 1) {
            throw node.at("class").wrong("name one of " + String.join(", ", CLASSES.subList(1, CLASSES.size())));
        }
        return Optional.of(new IoPriority(scheduling, (int) node.at("priority").integer(0, 7)));
    }

    /** As the kernel takes it. */
    int value() {
        return scheduling << CLASS_SHIFT | level;
    }
}
