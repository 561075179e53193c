package io.slipway.sandbox.oci;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The {@code linux} section (config-linux.md).
 *
 * @param rootfsPropagation flag of mount(2); 0 when nothing is said
 * @param seccomp the section as it stands
 * @param personality of personality(2)
 */
record LinuxConfig(
        List<NamespaceConfig> namespaces,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        List<DeviceConfig> devices,
        Optional<String> cgroupsPath,
        ResourceConfig resources,
        Map<String, String> sysctl,
        Optional<Node> seccomp,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        int rootfsPropagation,
        Map<String, TimeOffset> timeOffsets,
        OptionalLong personality) {
    private static final Map<String, Long> PERSONALITIES = Map.of("LINUX", 0L, "LINUX32", 8L);

    /** How far a clock is ahead of the host's (time_namespaces(7)). */
    record TimeOffset(long seconds, long nanos) {}

    static LinuxConfig parse(Node node) throws ConfigException {
        refuse(node, "intelRdt", "resource control by Intel RDT is not supported; remove it");
        if (!node.at("netDevices").entries().isEmpty()) {
            throw node.at("netDevices")
                    .wrong(
                            "network devices of the host are not moved into containers; remove it, and move them in a hook");
        }
        if (!node.at("memoryPolicy").entries().isEmpty()) {
            throw node.at("memoryPolicy")
                    .wrong("policies of NUMA memory are not supported; remove it, and name the nodes in"
                            + " linux.resources.cpu.mems, or start the program by numactl(8)");
        }
        refuseText(node, "mountLabel", "SELinux is not supported; remove it");
        List<NamespaceConfig> namespaces = NamespaceConfig.parse(node.at("namespaces"));
        LinuxConfig config = new LinuxConfig(
                namespaces,
                IdMapping.parse(node.at("uidMappings")),
                IdMapping.parse(node.at("gidMappings")),
                DeviceConfig.parse(node.at("devices")),
                node.at("cgroupsPath").optionalText().filter(path -> !path.isEmpty()),
                ResourceConfig.parse(node.at("resources")),
                sysctl(node.at("sysctl")),
                node.at("seccomp").present() ? Optional.of(node.at("seccomp")) : Optional.empty(),
                paths(node.at("maskedPaths")),
                paths(node.at("readonlyPaths")),
                propagation(node.at("rootfsPropagation")),
                timeOffsets(node.at("timeOffsets")),
                personality(node.at("personality")));
        config.checkTogether(node);
        return config;
    }

    boolean has(NamespaceConfig.Type type) {
        return namespaces.stream().anyMatch(one -> one.type() == type);
    }

    /** Whether a new one is to be made. */
    boolean makes(NamespaceConfig.Type type) {
        return namespaces.stream()
                .anyMatch(one -> one.type() == type && one.path().isEmpty());
    }

    private void checkTogether(Node node) throws ConfigException {
        boolean mapped = !uidMappings.isEmpty() || !gidMappings.isEmpty();
        if (mapped && !has(NamespaceConfig.Type.USER)) {
            throw node.at("uidMappings").wrong("ids are mapped only in a user namespace: add {\"type\": \"user\"}");
        }
        if (makes(NamespaceConfig.Type.USER) && (uidMappings.isEmpty() || gidMappings.isEmpty())) {
            throw node.at("uidMappings").wrong("a new user namespace needs both uidMappings and gidMappings");
        }
        if (!timeOffsets.isEmpty() && !makes(NamespaceConfig.Type.TIME)) {
            throw node.at("timeOffsets").wrong("clocks are set only in a new time namespace: add {\"type\": \"time\"}");
        }
        if (!has(NamespaceConfig.Type.MOUNT)) {
            throw node.at("namespaces").wrong("a container needs a mount namespace: add {\"type\": \"mount\"}");
        }
        for (Map.Entry<String, String> entry : sysctl.entrySet()) {
            checkSysctl(node, entry.getKey());
        }
    }

    /** Only what a namespace of its own holds: anything else would change the host (sysctl(8), namespaces(7)). */
    private void checkSysctl(Node node, String key) throws ConfigException {
        String name = key.replace('/', '.');
        Optional<NamespaceConfig.Type> owner = SysctlOwner.of(name);
        if (owner.isEmpty() || !has(owner.get())) {
            String needs = owner.map(type -> "add a " + type.property() + " namespace, whose own it is")
                    .orElse("it belongs to no namespace, so setting it would change the host; remove it");
            throw new ConfigException(node.at("sysctl").path() + "[\"" + key + "\"]", "not this container's", needs);
        }
    }

    private static Map<String, String> sysctl(Node node) throws ConfigException {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, Node> entry : node.entries().entrySet()) {
            if (!entry.getKey().matches("[a-z0-9_]+([./][A-Za-z0-9_@:-]+)+")) {
                throw entry.getValue().wrong("name it as net.ipv4.ip_forward");
            }
            values.put(entry.getKey(), entry.getValue().text());
        }
        return values;
    }

    private static List<String> paths(Node node) throws ConfigException {
        for (Node path : node.list()) {
            path.absolutePath();
        }
        return node.texts();
    }

    private static int propagation(Node node) throws ConfigException {
        String name = node.optionalText().orElse("");
        Integer flag =
                name.isEmpty() ? Integer.valueOf(0) : MountOption.propagation().get(name);
        if (flag == null) {
            throw node.wrong("name one of "
                    + String.join(
                            ", ",
                            new java.util.TreeSet<>(MountOption.propagation().keySet())));
        }
        return flag;
    }

    private static Map<String, TimeOffset> timeOffsets(Node node) throws ConfigException {
        Map<String, TimeOffset> offsets = new LinkedHashMap<>();
        for (Map.Entry<String, Node> entry : node.entries().entrySet()) {
            if (!entry.getKey().equals("monotonic") && !entry.getKey().equals("boottime")) {
                throw entry.getValue().wrong("only monotonic and boottime have an offset (time_namespaces(7))");
            }
            Node offset = entry.getValue();
            offsets.put(
                    entry.getKey(),
                    new TimeOffset(
                            offset.at("secs")
                                    .optionalInteger(Long.MIN_VALUE, Long.MAX_VALUE)
                                    .orElse(0),
                            offset.at("nanosecs")
                                    .optionalInteger(0, 999_999_999)
                                    .orElse(0)));
        }
        return offsets;
    }

    private static OptionalLong personality(Node node) throws ConfigException {
        if (!node.present()) {
            return OptionalLong.empty();
        }
        Long domain = PERSONALITIES.get(node.at("domain").text());
        if (domain == null) {
            throw node.at("domain").wrong("name LINUX or LINUX32");
        }
        if (!node.at("flags").list().isEmpty()) {
            throw node.at("flags").wrong("no flag is defined; remove it");
        }
        return OptionalLong.of(domain);
    }

    private static void refuse(Node node, String name, String fix) throws ConfigException {
        if (node.at(name).present()) {
            throw node.at(name).wrong(fix);
        }
    }

    private static void refuseText(Node node, String name, String fix) throws ConfigException {
        if (!node.at(name).optionalText().orElse("").isEmpty()) {
            throw node.at(name).wrong(fix);
        }
    }
}
