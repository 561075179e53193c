package io.slipway.sandbox.oci;

import io.slipway.sandbox.Capabilities;
import io.slipway.sandbox.seccomp.Filter;
import io.slipway.sandbox.seccomp.InvalidProfile;
import io.slipway.sandbox.seccomp.ProfileReader;
import io.slipway.sandbox.seccomp.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code linux.seccomp}, compiled. Only the properties that the specification names are handed on: others are passed over. */
final class SeccompConfig {
    private static final List<String> SECTION = List.of(
            "defaultAction",
            "defaultErrnoRet",
            "architectures",
            "flags",
            "listenerPath",
            "listenerMetadata",
            "syscalls");
    private static final List<String> RULE = List.of("names", "action", "errnoRet", "args");
    private static final List<String> ARGUMENT = List.of("index", "value", "valueTwo", "op");

    private SeccompConfig() {}

    /** @throws OciException if the section is no profile that can be used */
    static Optional<Filter> filter(BundleConfig config) throws OciException {
        if (config.linux().seccomp().isEmpty()) {
            return Optional.empty();
        }
        long bounding = config.process()
                .map(ProcessConfig::capabilities)
                .orElse(CapabilityConfig.NONE)
                .bounding();
        byte[] json = JsonDocument.write(section(config.linux().seccomp().get().value()));
        try {
            return Optional.of(Filter.withoutPidOne(
                    ProfileReader.readSupervised(new String(json, StandardCharsets.UTF_8)),
                    Target.here(Capabilities.names(bounding))));
        } catch (InvalidProfile e) {
            throw new OciException("linux.seccomp cannot be used: " + e.getMessage(), e);
        }
    }

    private static Object section(@Nullable Object section) {
        Map<String, @Nullable Object> known = only(section, SECTION);
        if (known.get("syscalls") instanceof List<?> rules) {
            List<Object> cleaned = new ArrayList<>();
            for (Object rule : rules) {
                Map<String, @Nullable Object> one = only(rule, RULE);
                if (one.get("args") instanceof List<?> arguments) {
                    one.put(
                            "args",
                            arguments.stream()
                                    .map(argument -> only(argument, ARGUMENT))
                                    .toList());
                }
                cleaned.add(one);
            }
            known.put("syscalls", cleaned);
        }
        return known;
    }

    private static Map<String, @Nullable Object> only(@Nullable Object value, List<String> names) {
        Map<String, @Nullable Object> only = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            names.stream().filter(map::containsKey).forEach(name -> only.put(name, map.get(name)));
        }
        return only;
    }
}
