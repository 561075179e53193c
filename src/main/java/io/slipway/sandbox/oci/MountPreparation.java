package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.MountTree;
import io.slipway.linux.SyscallException;
import io.slipway.linux.UserNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Makes mounts ready that the child, with fewer rights, only has to put in their places. */
final class MountPreparation {
    private final Path bundle;
    private final Descriptor rootfs;
    private final BundleCgroup cgroup;
    private final UnaryOperator<Descriptor> own;

    /**
     * @param rootfs the root's mount
     * @param own takes each descriptor, to be closed with the others
     */
    MountPreparation(Path bundle, Descriptor rootfs, BundleCgroup cgroup, UnaryOperator<Descriptor> own) {
        this.bundle = bundle;
        this.rootfs = rootfs;
        this.cgroup = cgroup;
        this.own = own;
    }

    BundleMounts.Ready prepare(MountConfig mount) throws IOException {
        Path source = bundle.resolve(mount.source());
        if (mount.bind() && !Files.exists(source)) {
            throw new OciException(mount.path() + ".source is \"" + mount.source() + "\", but there is no " + source
                    + "; make it, or name what is there");
        }
        ProcMounts.check(mount, Path.of("/proc/self/fd/" + rootfs.number()), source);
        if (mount.bind()) {
            return bind(mount, source);
        }
        if (mount.type().equals("cgroup") || mount.type().equals("cgroup2")) {
            return groups(mount);
        }
        if (mount.copyUp() && mount.type().equals("tmpfs")) {
            return copied(mount);
        }
        return new BundleMounts.Fresh();
    }

    /** A tmpfs that begins with what the root has at its place. */
    private BundleMounts.Ready copied(MountConfig mount) throws IOException {
        long readOnly = mount.attributes().set() & MountOption.RDONLY;
        Descriptor tree = own.apply(tmpfs(mount, mount.attributes().set() & ~readOnly));
        new CopyUp(rootfs).copy(mount.destination(), tree);
        if (readOnly != 0) {
            MountTree.change(tree, readOnly, 0, 0, false);
        }
        return new BundleMounts.Tree(tree, true);
    }

    private static Descriptor tmpfs(MountConfig mount, long attributes) throws IOException {
        try {
            return MountTree.make("tmpfs", mount.data(), attributes);
        } catch (SyscallException e) {
            throw new OciException(
                    mount.path() + ", tmpfs on " + mount.destination() + ", cannot be mounted with its options \""
                            + mount.data() + "\": " + e.getMessage(),
                    e);
        }
    }

    private BundleMounts.Ready bind(MountConfig mount, Path source) throws IOException {
        Descriptor tree = own.apply(MountTree.copy(source, mount.bindBelow()));
        int propagation = mount.propagation() != 0 ? mount.propagation() : MountOption.MS_PRIVATE | MountOption.MS_REC;
        boolean spread = (propagation & MountOption.MS_REC) != 0;
        MountTree.change(tree, 0, 0, propagation & ~MountOption.MS_REC, spread);
        change(tree, mount.recursive(), true);
        change(tree, mount.attributes(), false);
        if (!mount.uidMappings().isEmpty()) {
            try (Descriptor namespace =
                    UserNamespaces.of(IdMapping.file(mount.uidMappings()), IdMapping.file(mount.gidMappings()))) {
                MountTree.map(tree, namespace, mount.idMap().equals("ridmap"));
            }
        }
        return new BundleMounts.Tree(tree, Files.isDirectory(source));
    }

    private static void change(Descriptor tree, MountConfig.Attributes attributes, boolean below) throws IOException {
        if (attributes.any()) {
            MountTree.change(tree, attributes.set(), attributes.clear(), 0, below);
        }
    }

    /** The container's own groups: in version 1 one directory per hierarchy, in version 2 its only one. */
    private BundleMounts.Ready groups(MountConfig mount) throws IOException {
        Hierarchies hierarchies = cgroup.hierarchies();
        if (hierarchies.first().isEmpty() && hierarchies.unified().isEmpty()) {
            throw new OciException(mount.path() + " cannot be made: this machine has no control groups mounted");
        }
        if (hierarchies.first().isEmpty()) {
            return new BundleMounts.Tree(tree(hierarchies.unified().orElseThrow(), mount), true);
        }
        Map<String, Descriptor> trees = new LinkedHashMap<>();
        Map<String, String> links = new LinkedHashMap<>();
        for (Map.Entry<String, Path> entry : hierarchies.first().entrySet()) {
            String directory = entry.getValue().getFileName().toString();
            if (!trees.containsKey(directory)) {
                trees.put(directory, tree(entry.getValue(), mount));
            }
            String controller = entry.getKey().replace("name=", "");
            if (!controller.equals(directory)) {
                links.put(controller, directory);
            }
        }
        return new BundleMounts.Groups(trees, links);
    }

    private Descriptor tree(Path root, MountConfig mount) throws IOException {
        Descriptor tree = own.apply(MountTree.copy(root.resolve(cgroup.path().substring(1)), false));
        MountTree.change(
                tree,
                MountOption.NOSUID
                        | MountOption.NODEV
                        | MountOption.NOEXEC
                        | mount.attributes().set(),
                mount.attributes().clear(),
                MountOption.MS_PRIVATE,
                false);
        return tree;
    }
}
