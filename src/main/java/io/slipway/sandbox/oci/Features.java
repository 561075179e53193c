package io.slipway.sandbox.oci;

import io.slipway.sandbox.Capabilities;
import io.slipway.sandbox.seccomp.Abi;
import io.slipway.sandbox.seccomp.Action;
import io.slipway.sandbox.seccomp.Operator;
import io.slipway.sandbox.seccomp.ProfileReader;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this runtime can do (features.md, features-linux.md). */
public final class Features {
    /** The newest version of the specification that is read. */
    public static final String SPECIFICATION = OciVersion.NEWEST;

    private Features() {}

    public static byte[] json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("ociVersionMin", "1.0.0");
        all.put("ociVersionMax", SPECIFICATION);
        all.put(
                "hooks",
                Arrays.stream(HookConfig.Point.values())
                        .map(HookConfig.Point::property)
                        .toList());
        all.put("mountOptions", List.copyOf(MountOption.names()));
        Map<String, Object> linux = new LinkedHashMap<>();
        linux.put(
                "namespaces",
                Arrays.stream(NamespaceConfig.Type.values())
                        .map(NamespaceConfig.Type::property)
                        .toList());
        linux.put("capabilities", Capabilities.names((1L << Capabilities.count()) - 1));
        linux.put("cgroup", Map.of("v1", true, "v2", true, "systemd", false, "systemdUser", false, "rdma", true));
        linux.put("seccomp", seccomp());
        linux.put("apparmor", Map.of("enabled", false));
        linux.put("selinux", Map.of("enabled", false));
        linux.put("intelRdt", Map.of("enabled", false));
        linux.put("netDevices", Map.of("enabled", false));
        linux.put("mountExtensions", Map.of("idmap", Map.of("enabled", true)));
        all.put("linux", linux);
        all.put("annotations", Map.of());
        return JsonDocument.write(all);
    }

    private static Map<String, Object> seccomp() {
        Map<String, Object> seccomp = new LinkedHashMap<>();
        seccomp.put("enabled", true);
        seccomp.put(
                "actions",
                Arrays.stream(Action.Kind.values())
                        .map(kind -> "SCMP_ACT_" + kind.name())
                        .toList());
        seccomp.put(
                "operators",
                Arrays.stream(Operator.values())
                        .map(operator -> "SCMP_CMP_" + operator.name())
                        .toList());
        seccomp.put("archs", Arrays.stream(Abi.values()).map(Abi::oci).toList());
        seccomp.put("knownFlags", ProfileReader.flagNames());
        seccomp.put("supportedFlags", ProfileReader.flagNames());
        return seccomp;
    }
}
