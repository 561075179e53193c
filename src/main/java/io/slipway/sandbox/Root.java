package io.slipway.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a container sees as its file system.
 *
 * @param layers directories, lowest first; owned within {@link IdRange#DEFAULT}
 * @param readOnly whether only its mounts can be written to
 */
public record Root(
        List<Path> layers,
        boolean readOnly,
        List<BindMount> binds,
        List<VolumeMount> volumes,
        List<TmpfsMount> tmpfs,
        List<SecretMount> secrets) {
    public Root {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("the container has no layers");
        }
        layers = List.copyOf(layers);
        binds = List.copyOf(binds);
        volumes = List.copyOf(volumes);
        tmpfs = List.copyOf(tmpfs);
        secrets = List.copyOf(secrets);
        Set<String> targets = new HashSet<>();
        for (Mount mount : all(binds, volumes, tmpfs, secrets)) {
            if (!targets.add(mount.target())) {
                throw new IllegalArgumentException("two mounts have the target " + mount.target());
            }
        }
    }

    /** Nothing but the layers, to be written over. */
    public static Root of(List<Path> layers) {
        return new Root(layers, false, List.of(), List.of(), List.of(), List.of());
    }

    /** All mounts, each after those that it may lie on. */
    List<Mount> mounts() {
        List<Mount> all = all(binds, volumes, tmpfs, secrets);
        all.sort(Comparator.comparingInt(mount -> MountTarget.depth(mount.target())));
        return all;
    }

    private static List<Mount> all(
            List<BindMount> binds, List<VolumeMount> volumes, List<TmpfsMount> tmpfs, List<SecretMount> secrets) {
        List<Mount> all = new ArrayList<>(binds);
        all.addAll(volumes);
        all.addAll(tmpfs);
        all.addAll(secrets);
        return all;
    }

    public Root withReadOnly(boolean other) {
        return new Root(layers, other, binds, volumes, tmpfs, secrets);
    }

    public Root withBinds(List<BindMount> other) {
        return new Root(layers, readOnly, other, volumes, tmpfs, secrets);
    }

    public Root withVolumes(List<VolumeMount> other) {
        return new Root(layers, readOnly, binds, other, tmpfs, secrets);
    }

    public Root withTmpfs(List<TmpfsMount> other) {
        return new Root(layers, readOnly, binds, volumes, other, secrets);
    }

    public Root withSecrets(List<SecretMount> other) {
        return new Root(layers, readOnly, binds, volumes, tmpfs, other);
    }
}
