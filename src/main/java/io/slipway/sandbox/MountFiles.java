package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.MountAttributes;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What the agent opens for a child to mount, with rights that the child does not have; closed once it has exec'd. */
final class MountFiles implements AutoCloseable {
    private final Map<Mount, Descriptor> trees = new HashMap<>();
    private final Set<Mount> directories = new HashSet<>();
    private final Map<String, byte[]> secrets;

    private MountFiles(Map<String, byte[]> secrets) {
        this.secrets = secrets;
    }

    /** @throws IOException if a source is missing, or a secret was not given */
    static MountFiles open(
            Root root, Volumes volumes, Accounts.User user, Map<String, byte[]> secrets)
            throws IOException {
        List<String> missing = root.secrets().stream()
                .map(SecretMount::name)
                .filter(name -> !secrets.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new IOException("the content of secret " + String.join(", ", missing) + " was not given");
        }
        MountFiles files = new MountFiles(secrets);
        try {
            for (BindMount bind : root.binds()) {
                files.open(bind, bind.source(), bind.readOnly());
            }
            for (VolumeMount volume : root.volumes()) {
                files.open(volume, volumes.obtain(volume.name(), user), volume.readOnly());
            }
            return files;
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private void open(Mount mount, Path source, boolean readOnly) throws IOException {
        Descriptor tree = Syscalls.openTree(source, true);
        trees.put(mount, tree);
        if (Files.isDirectory(source)) {
            directories.add(mount);
        }
        long safe = MountAttributes.NOSUID | MountAttributes.NODEV | (readOnly ? MountAttributes.RDONLY : 0);
        new MountAttributes(safe, true).set(tree);
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
        trees.values().forEach(Descriptor::close);
    }
}
