package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.MountAttributes;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What the agent opens for a child to mount, with rights that the child does not have; closed once it has exec'd. */
final class MountFiles implements AutoCloseable {
    private final IdMaps maps;
    private final IdRange ids;
    private final List<Path> layerPaths;
    private final List<Descriptor> layers = new ArrayList<>();
    private final Map<Mount, Descriptor> trees = new HashMap<>();
    private final Set<Mount> directories = new HashSet<>();
    private final Map<String, byte[]> secrets;

    private MountFiles(IdMaps maps, IdRange ids, List<Path> layerPaths, Map<String, byte[]> secrets) {
        this.maps = maps;
        this.layerPaths = layerPaths;
        this.ids = ids;
        this.secrets = secrets;
    }

    /**
     * Without the layers.
     *
     * @throws IOException if a source is missing, or a secret was not given
     */
    static MountFiles open(
            SandboxSpec spec, Volumes volumes, IdMaps maps, Accounts.User user, Map<String, byte[]> secrets)
            throws IOException {
        Root root = spec.root();
        demand(root.secrets(), secrets);
        IdRange ids = spec.namespaces().user().orElse(IdRange.HOST);
        MountFiles files = new MountFiles(maps, ids, root.layers(), secrets);
        try {
            for (BindMount bind : root.binds()) {
                files.open(bind, bind.source(), bind.readOnly(), bind.idMapped() ? IdRange.HOST : files.ids);
            }
            for (VolumeMount volume : root.volumes()) {
                files.open(volume, volumes.obtain(volume.name(), user), volume.readOnly(), IdRange.DEFAULT);
            }
            return files;
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private static void demand(List<SecretMount> wanted, Map<String, byte[]> secrets) throws IOException {
        List<String> missing = wanted.stream()
                .map(SecretMount::name)
                .filter(name -> !secrets.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new IOException("the content of secret " + String.join(", ", missing) + " was not given");
        }
    }

    /** Lowest first. */
    List<Descriptor> openLayers() throws IOException {
        for (Path layer : layerPaths) {
            Descriptor tree = Syscalls.openTree(layer, false);
            layers.add(tree);
            maps.set(tree, 0, false, IdRange.DEFAULT, ids);
        }
        return layers;
    }

    private void open(Mount mount, Path source, boolean readOnly, IdRange owners) throws IOException {
        Descriptor tree = Syscalls.openTree(source, true);
        trees.put(mount, tree);
        if (Files.isDirectory(source)) {
            directories.add(mount);
        }
        long safe = MountAttributes.NOSUID | MountAttributes.NODEV | (readOnly ? MountAttributes.RDONLY : 0);
        maps.set(tree, safe, true, owners, ids);
    }

    /** Of all mounts. */
    Collection<Descriptor> trees() {
        return trees.values();
    }

    Descriptor tree(Mount mount) {
        return Objects.requireNonNull(trees.get(mount), mount.target());
    }

    boolean isDirectory(Mount mount) {
        return directories.contains(mount);
    }

    byte[] secret(SecretMount secret) {
        return Objects.requireNonNull(secrets.get(secret.name()), secret.name());
    }

    @Override
    public void close() {
        layers.forEach(Descriptor::close);
        trees.values().forEach(Descriptor::close);
    }
}
