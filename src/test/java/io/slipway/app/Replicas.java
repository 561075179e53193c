package io.slipway.app;

import io.slipway.cli.ApiClient;
import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The containers of one installation, as its records, the kernel's process table and its cgroups show them: without asking the agent. */
final class Replicas {
    private final Path containers;

    Replicas(Path data) {
        this.containers = data.resolve("containers");
    }

    /** A container whose pid 1 runs. */
    record Living(String container, String allocation, ProcessIdentity pidOne) {}

    List<Living> living() {
        try (Stream<Path> all = Files.list(containers)) {
            return all.flatMap(directory -> read(directory).stream())
                    .filter(replica -> replica.pidOne.runs())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Living> read(Path directory) {
        try {
            // Each line tells what changed since the one before.
            ObjectNode record = ApiClient.JSON.createObjectNode();
            for (String line : Files.readAllLines(directory.resolve("state.jsonl"))) {
                if (!line.isEmpty()) {
                    record.setAll((ObjectNode) ApiClient.JSON.readTree(line));
                }
            }
            JsonNode process = record.path("process");
            return process.isObject()
                    ? Optional.of(new Living(
                            directory.getFileName().toString(),
                            record.path("spec")
                                    .path("labels")
                                    .path("allocation")
                                    .asString("none"),
                            new ProcessIdentity(
                                    process.path("pid").asInt(),
                                    process.path("startTicks").asLong())))
                    : Optional.empty();
        } catch (IOException | JacksonException beingMadeOrRemoved) {
            return Optional.empty();
        }
    }

    /** Whatever speaks against one living pid 1 for each of these allocations and nothing besides. */
    List<String> faults(Set<String> allocations) {
        List<Living> living = living();
        List<String> faults = new ArrayList<>(twins(living));
        Set<String> running = living.stream().map(Living::allocation).collect(Collectors.toCollection(TreeSet::new));
        if (!running.equals(allocations)) {
            faults.add("run: " + running + ", wanted: " + allocations);
        }
        Set<String> known = living.stream().map(Living::container).collect(Collectors.toCollection(TreeSet::new));
        Set<Integer> pids = living.stream().map(it -> it.pidOne.pid()).collect(Collectors.toCollection(TreeSet::new));
        for (String owner : living.stream().map(Replicas::owner).collect(Collectors.toSet())) {
            Set<Integer> found = pidOnes(owner);
            if (!found.equals(pids)) {
                faults.add(
                        "processes that are pid 1 in cgroups of " + owner + ": " + found + ", by the records " + pids);
            }
            groups(owner)
                    .filter(group -> !known.contains(group.getFileName().toString()))
                    .forEach(group -> faults.add("cgroup without a container: " + group));
        }
        return faults;
    }

    static List<String> twins(List<Living> living) {
        return living.stream().collect(Collectors.groupingBy(Living::allocation)).values().stream()
                .filter(same -> same.size() > 1)
                .map(same -> "twins: " + same)
                .toList();
    }

    /** The installation's directory in the cgroup hierarchies (cgroups(7): {@code hierarchy:controllers:path}). */
    private static String owner(Living replica) {
        return lines(Path.of("/proc/" + replica.pidOne.pid() + "/cgroup")).stream()
                .filter(line -> line.endsWith("/" + replica.container))
                .map(line -> line.substring(line.lastIndexOf(':') + 1, line.lastIndexOf('/')))
                .findFirst()
                .orElse("ended meanwhile");
    }

    private static Set<Integer> pidOnes(String owner) {
        return ProcessHandle.allProcesses()
                .map(process -> (int) process.pid())
                .filter(pid -> lines(Path.of("/proc/" + pid + "/cgroup")).stream()
                        .anyMatch(line -> line.contains(":" + owner + "/")))
                .filter(pid -> ProcessIdentity.innermostPid(pid) == 1)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<Path> groups(String owner) {
        Path top = Path.of("/sys/fs/cgroup");
        List<Path> roots = new ArrayList<>(children(top));
        roots.add(top);
        return roots.stream().flatMap(root -> children(root.resolve(owner.substring(1))).stream());
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Files::isDirectory).toList();
        } catch (IOException removedMeanwhile) {
            return List.of();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException ended) {
            return List.of();
        }
    }
}
