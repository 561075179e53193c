package io.slipway.sandbox.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A bundle's config.json. Properties that are not known are passed over, as the specification demands ("Extensibility"); a value that is not known is
 * an error.
 */
record BundleConfig(
        String ociVersion,
        Optional<ProcessConfig> process,
        String rootPath,
        boolean rootReadonly,
        Optional<String> hostname,
        Optional<String> domainname,
        List<MountConfig> mounts,
        Map<HookConfig.Point, List<HookConfig>> hooks,
        LinuxConfig linux,
        Map<String, String> annotations) {
    static final int BYTES_MAX = 16 << 20;
    private static final int UTS_BYTES_MAX = 64;

    /** @throws OciException if the bundle has none, or it is too large to be one */
    static byte[] bytes(Path bundle) throws IOException {
        Path file = bundle.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new OciException(
                    "bundle " + bundle + " has no config.json; make one with 'runc spec' or umoci, or name "
                            + "another directory with --bundle");
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new OciException(
                    file + " has " + Files.size(file) + " bytes; more than " + BYTES_MAX + " are refused");
        }
        return Files.readAllBytes(file);
    }

    static BundleConfig parse(byte[] bytes) throws IOException {
        Node node = JsonDocument.read(bytes, "config.json");
        OciVersion version = OciVersion.parse(node.at("ociVersion"));
        Node process = node.at("process");
        Node root = node.at("root");
        if (!node.at("vm").entries().isEmpty()) {
            throw node.at("vm")
                    .wrong(
                            "containers are not run in virtual machines, and would be less confined than asked for; remove it,"
                                    + " or name a runtime that does");
        }
        LinuxConfig linux = LinuxConfig.parse(node.at("linux"));
        return new BundleConfig(
                node.at("ociVersion").text(),
                process.present() ? Optional.of(ProcessConfig.parse(process, version)) : Optional.empty(),
                root(root),
                root.at("readonly").flag(),
                uts(node.at("hostname"), linux),
                uts(node.at("domainname"), linux),
                MountConfig.parse(node.at("mounts")),
                HookConfig.parse(node.at("hooks")),
                linux,
                annotations(node.at("annotations")));
    }

    /** With HOME, which programs expect and bundles often leave out. */
    BundleConfig withHome(Path rootfs) throws IOException {
        if (process.isEmpty()) {
            return this;
        }
        String home = HomeDirectory.of(rootfs, process.get().user().uid());
        return new BundleConfig(
                ociVersion,
                process.map(one -> one.withDefault("HOME", home)),
                rootPath,
                rootReadonly,
                hostname,
                domainname,
                mounts,
                hooks,
                linux,
                annotations);
    }

    /** With only capabilities that can be given. */
    BundleConfig withHeld(long held, Consumer<String> warnings) {
        if (process.isEmpty() || linux.has(NamespaceConfig.Type.USER)) {
            return this;
        }
        ProcessConfig own = process.get();
        CapabilityConfig sets = HeldCapabilities.within(own.capabilities(), held, warnings);
        return new BundleConfig(
                ociVersion,
                Optional.of(own.with(sets, own.noNewPrivileges())),
                rootPath,
                rootReadonly,
                hostname,
                domainname,
                mounts,
                hooks,
                linux,
                annotations);
    }

    private static String root(Node root) throws ConfigException {
        String path = root.at("path").text();
        if (path.isEmpty()) {
            throw root.at("path").wrong("name the directory of the root file system, as \"rootfs\"");
        }
        return path;
    }

    private static Optional<String> uts(Node node, LinuxConfig linux) throws ConfigException {
        Optional<String> name = node.optionalText().filter(text -> !text.isEmpty());
        if (name.isPresent() && name.get().length() > UTS_BYTES_MAX) {
            throw node.wrong("give at most " + UTS_BYTES_MAX + " bytes (sethostname(2))");
        }
        if (name.isPresent() && !linux.has(NamespaceConfig.Type.UTS)) {
            throw node.wrong("without a uts namespace it would change the host: add {\"type\": \"uts\"}");
        }
        return name;
    }

    private static Map<String, String> annotations(Node node) throws ConfigException {
        Map<String, String> annotations = new LinkedHashMap<>();
        for (Map.Entry<String, Node> entry : node.entries().entrySet()) {
            if (entry.getKey().isEmpty()) {
                throw entry.getValue().wrong("an annotation's name is not empty");
            }
            annotations.put(entry.getKey(), entry.getValue().text());
        }
        return annotations;
    }
}
