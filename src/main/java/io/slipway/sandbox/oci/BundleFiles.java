package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Fifo;
import io.slipway.linux.MountTree;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Descriptors that are opened for a bundle's child with rights that it does not have itself; closed once it is made. */
final class BundleFiles implements AutoCloseable {
    private static final Path NOTHING = Path.of("/dev/null");
    private final List<Descriptor> owned = new ArrayList<>();
    private final List<MountConfig> configs;
    private final Path rootfs;
    private final Descriptor root;
    private final List<BundleMounts.Ready> mounts = new ArrayList<>();
    private final Map<String, Descriptor> devices = new HashMap<>();
    private final List<Descriptor> masks = new ArrayList<>();
    private final List<Descriptor> joinFiles;
    private final Map<NamespaceConfig.Type, Descriptor> namespaces = new HashMap<>();
    private final Descriptor releaseRead;
    private final Descriptor releaseWrite;
    private final Descriptor fifo;
    private final Descriptor failure;
    private final List<Descriptor> reserved = new ArrayList<>();

    BundleFiles(BundleConfig config, Path bundle, BundleCgroup cgroup, ContainerDirectory directory)
            throws IOException {
        fifo = own(Fifo.make(directory.fifo()));
        configs = config.mounts();
        try {
            failure = own(Syscalls.open(directory.failure(), Syscalls.O_WRONLY | Syscalls.O_CREAT, 0600));
            rootfs = rootfs(config, bundle);
            root = own(MountTree.copy(rootfs, true));
            MountTree.change(root, 0, 0, MountOption.MS_PRIVATE, true);
            Descriptor[] release = Syscalls.pipe();
            releaseRead = own(release[0]);
            releaseWrite = own(release[1]);
            MountPreparation preparation = new MountPreparation(bundle, root, cgroup, this::own);
            for (MountConfig mount : config.mounts()) {
                mounts.add(preparation.prepare(mount));
            }
            showDevices(config);
            for (String ignored : config.linux().maskedPaths()) {
                masks.add(own(MountTree.copy(NOTHING, false)));
            }
            joinFiles = cgroup.openJoinFiles();
            owned.addAll(joinFiles);
            for (NamespaceConfig namespace : config.linux().namespaces()) {
                if (namespace.path().isPresent()) {
                    namespaces.put(namespace.type(), own(NamespaceFile.open(namespace)));
                }
            }
            for (int i = 0; i < 4; i++) {
                reserved.add(own(Syscalls.open(NOTHING, Syscalls.O_PATH, 0)));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Path rootfs(BundleConfig config, Path bundle) throws IOException {
        Path path = bundle.resolve(config.rootPath());
        if (!Files.isDirectory(path)) {
            throw new OciException("root.path is \"" + config.rootPath() + "\", but there is no directory " + path
                    + "; unpack the image there, or name another one");
        }
        return path.toRealPath();
    }

    /** A user namespace may make no device, and what the root already holds is not to be trusted: then the host's own is shown. */
    private void showDevices(BundleConfig config) throws IOException {
        boolean userNamespace = config.linux().has(NamespaceConfig.Type.USER);
        for (DeviceConfig device : allDevices(config)) {
            Path host = Path.of(device.path());
            boolean covered =
                    config.mounts().stream().anyMatch(m -> device.path().startsWith(m.destination() + "/"));
            Path inside = rootfs.resolve(device.path().substring(1));
            boolean inTheWay = !covered && Files.exists(inside, java.nio.file.LinkOption.NOFOLLOW_LINKS);
            if (userNamespace || inTheWay) {
                devices.put(device.path(), own(MountTree.copy(host, false)));
            }
        }
    }

    /** Those of the bundle, which win, and those that every container has; none of these where the host's /dev is shown. */
    static List<DeviceConfig> allDevices(BundleConfig config) {
        List<DeviceConfig> all = new ArrayList<>();
        boolean hosts = config.mounts().stream()
                .anyMatch(m -> m.bind() && m.destination().equals("/dev"));
        if (!hosts) {
            all.addAll(DeviceConfig.DEFAULT);
        }
        for (DeviceConfig device : config.linux().devices()) {
            all.removeIf(other -> other.path().equals(device.path()));
            all.add(device);
        }
        return all;
    }

    /** Where the root file system lies on the host, without links. */
    Path rootfs() {
        return rootfs;
    }

    Descriptor root() {
        return root;
    }

    List<BundleMounts.Ready> mounts() {
        return mounts;
    }

    /** Shows the files of mounts that ask for it as the container's user namespace has their owners. */
    void mapIds(Descriptor userNamespace) throws IOException {
        for (int i = 0; i < configs.size(); i++) {
            MountConfig mount = configs.get(i);
            if (!mount.idMap().isEmpty()
                    && mount.uidMappings().isEmpty()
                    && mounts.get(i) instanceof BundleMounts.Tree tree) {
                MountTree.map(tree.descriptor(), userNamespace, mount.idMap().equals("ridmap"));
            }
        }
    }

    Map<String, Descriptor> devices() {
        return devices;
    }

    /** A mount of /dev/null for each masked path. */
    List<Descriptor> masks() {
        return masks;
    }

    List<Descriptor> joinFiles() {
        return joinFiles;
    }

    /** Those that are joined by path. */
    Map<NamespaceConfig.Type, Descriptor> namespaces() {
        return namespaces;
    }

    /** All of them but the user namespace, which a process with several threads cannot enter: the child does that itself. */
    List<Spawn.Join> joins() throws SyscallException {
        List<Spawn.Join> joins = new ArrayList<>();
        for (Map.Entry<NamespaceConfig.Type, Descriptor> entry : namespaces.entrySet()) {
            NamespaceConfig.Type type = entry.getKey();
            if (type != NamespaceConfig.Type.USER) {
                joins.add(new Spawn.Join(entry.getValue(), own(NamespaceFile.ours(type)), type.flag()));
            }
        }
        return joins;
    }

    Descriptor releaseRead() {
        return releaseRead;
    }

    Descriptor releaseWrite() {
        return releaseWrite;
    }

    Descriptor fifo() {
        return fifo;
    }

    /** Where it is written down that the program could not be executed. */
    Descriptor failure() {
        return failure;
    }

    /** For whatever a call needs more than once. */
    Descriptor kept() {
        return reserved.get(0);
    }

    /** For the place that is mounted on. */
    Descriptor place() {
        return reserved.get(3);
    }

    Descriptor master() {
        return reserved.get(1);
    }

    Descriptor slave() {
        return reserved.get(2);
    }

    @Override
    public void close() {
        owned.forEach(Descriptor::close);
    }

    private Descriptor own(Descriptor descriptor) {
        owned.add(descriptor);
        return descriptor;
    }
}
