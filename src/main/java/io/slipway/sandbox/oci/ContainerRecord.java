package io.slipway.sandbox.oci;

import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is written down of a container, for the commands that come after.
 *
 * @param creator who makes it, as long as it is being made
 * @param process the container's own; empty before there is one
 * @param cgroup path of its control groups within each hierarchy
 */
record ContainerRecord(
        String id,
        String ociVersion,
        Path bundle,
        Path rootfs,
        Map<String, String> annotations,
        String bootId,
        Instant created,
        ProcessIdentity creator,
        Optional<ProcessIdentity> process,
        boolean complete,
        String cgroup) {

    ContainerRecord with(ProcessIdentity made, boolean completeToo) {
        return new ContainerRecord(
                id,
                ociVersion,
                bundle,
                rootfs,
                annotations,
                bootId,
                created,
                creator,
                Optional.of(made),
                completeToo,
                cgroup);
    }

    /** Replaces the file whole, so that a reader never sees half of it. */
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid());
        Files.write(fresh, JsonDocument.write(toMap()));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("ociVersion", ociVersion);
        map.put("bundle", bundle.toString());
        map.put("rootfs", rootfs.toString());
        map.put("annotations", annotations);
        map.put("bootId", bootId);
        map.put("created", created.toString());
        map.put("creator", identity(creator));
        process.ifPresent(it -> map.put("process", identity(it)));
        map.put("complete", complete);
        map.put("cgroup", cgroup);
        return map;
    }

    private static Map<String, Object> identity(ProcessIdentity process) {
        return Map.of("pid", process.pid(), "startTicks", process.startTicks());
    }

    static ContainerRecord read(Path file) throws IOException {
        try {
            Node node = JsonDocument.read(Files.readAllBytes(file), file.toString());
            Map<String, String> annotations = new LinkedHashMap<>();
            for (Map.Entry<String, Node> entry :
                    node.at("annotations").entries().entrySet()) {
                annotations.put(entry.getKey(), entry.getValue().text());
            }
            Node process = node.at("process");
            return new ContainerRecord(
                    node.at("id").text(),
                    node.at("ociVersion").text(),
                    Path.of(node.at("bundle").text()),
                    Path.of(node.at("rootfs").text()),
                    annotations,
                    node.at("bootId").text(),
                    Instant.parse(node.at("created").text()),
                    identity(node.at("creator")),
                    process.present() ? Optional.of(identity(process)) : Optional.empty(),
                    node.at("complete").flag(),
                    node.at("cgroup").text());
        } catch (ConfigException | OciException | DateTimeParseException e) {
            throw new OciException(
                    "the container's record " + file + " cannot be read: " + e.getMessage()
                            + "; 'delete --force' removes what is left of it",
                    e);
        }
    }

    private static ProcessIdentity identity(Node node) throws ConfigException {
        return new ProcessIdentity(
                (int) node.at("pid").integer(1, Integer.MAX_VALUE),
                node.at("startTicks").integer(0, Long.MAX_VALUE));
    }
}
