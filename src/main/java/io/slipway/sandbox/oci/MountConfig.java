package io.slipway.sandbox.oci;

import io.slipway.linux.Purpose;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One of {@code mounts} (config.md, "Mounts").
 *
 * @param destination absolute within the container, without {@code .} and {@code ..}
 * @param source of the host for a bind mount; may be relative to the bundle
 * @param attributes for the mount itself, {@code recursive} for it and all below
 * @param flags of mount(2), for a new file system
 * @param propagation flag of mount(2); 0 when nothing is said
 * @param data what the file system itself is told
 * @param idMap empty, {@code idmap} or {@code ridmap}
 */
record MountConfig(
        String path,
        String destination,
        String type,
        String source,
        boolean bind,
        boolean bindBelow,
        Attributes attributes,
        Attributes recursive,
        long flags,
        int propagation,
        String data,
        boolean copyUp,
        String idMap,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings) {

    /** Bits of mount_setattr(2). */
    record Attributes(long set, long clear) {
        static final Attributes NONE = new Attributes(0, 0);

        Attributes and(MountOption option) {
            // The later option wins, within the field of access times too.
            long taken = option.attribute() | option.cleared();
            return new Attributes(set & ~taken | option.attribute(), clear & ~option.attribute() | option.cleared());
        }

        boolean any() {
            return set != 0 || clear != 0;
        }
    }

    /** What it is good for. */
    Purpose purpose() {
        if (bind) {
            return Purpose.VOLUMES;
        }
        return switch (type) {
            case "proc", "sysfs", "cgroup", "cgroup2", "mqueue" -> Purpose.KERNEL_FILES;
            case "devpts" -> Purpose.DEVICES;
            default -> destination.equals("/dev") ? Purpose.DEVICES : Purpose.ROOT;
        };
    }

    static List<MountConfig> parse(Node node) throws ConfigException {
        List<MountConfig> mounts = new ArrayList<>();
        for (Node one : node.list()) {
            mounts.add(one(one));
        }
        return List.copyOf(mounts);
    }

    private static MountConfig one(Node node) throws ConfigException {
        String destination =
                Path.of("/" + node.at("destination").text()).normalize().toString();
        if (destination.equals("/")) {
            throw node.at("destination").wrong("give a path below /; the root itself is root.path");
        }
        String type = node.at("type").optionalText().orElse("");
        Options options = new Options();
        for (Node option : node.at("options").list()) {
            options.add(option);
        }
        boolean bind = options.bind || type.equals("bind");
        if (!bind && type.isEmpty()) {
            throw node.at("type").wrong("name a file system, or give the option bind or rbind");
        }
        if (bind && node.at("source").optionalText().orElse("").isEmpty()) {
            throw node.at("source").wrong("name the file or directory of the host to be shown");
        }
        ProcMounts.check(node, destination, type, bind);
        List<IdMapping> uids = IdMapping.parse(node.at("uidMappings"));
        List<IdMapping> gids = IdMapping.parse(node.at("gidMappings"));
        if (uids.isEmpty() != gids.isEmpty()) {
            throw node.wrong("give both uidMappings and gidMappings, or neither");
        }
        if (!uids.isEmpty() && !bind) {
            throw node.at("uidMappings").wrong("only bind mounts are mapped; remove it");
        }
        String idMap = options.idMap.isEmpty() && !uids.isEmpty() ? "idmap" : options.idMap;
        return new MountConfig(
                node.path(),
                destination,
                type,
                node.at("source").optionalText().orElse(type),
                bind,
                options.below,
                options.attributes,
                options.recursive,
                options.flags,
                options.propagation,
                String.join(",", options.data),
                options.copyUp,
                idMap,
                uids,
                gids);
    }

    /** Collects the options of one mount, in order. */
    private static final class Options {
        private static final Map<String, MountOption> KNOWN = MountOption.known();
        private boolean bind;
        private boolean below;
        private Attributes attributes = Attributes.NONE;
        private Attributes recursive = Attributes.NONE;
        private long flags;
        private int propagation;
        private boolean copyUp;
        private String idMap = "";
        private final List<String> data = new ArrayList<>();

        void add(Node node) throws ConfigException {
            String name = node.text();
            MountOption option = KNOWN.get(name);
            if (option != null) {
                add(option);
            } else if (MountOption.propagation().containsKey(name)) {
                propagation = MountOption.propagation().getOrDefault(name, 0);
            } else if (MountOption.OTHERS.contains(name)) {
                other(node, name);
            } else if (name.indexOf(',') >= 0 && name.indexOf('"') < 0) {
                throw node.wrong("give each option by itself");
            } else if (!name.isEmpty()) {
                data.add(name);
            }
        }

        private void add(MountOption option) {
            if (option.recursive()) {
                recursive = recursive.and(option);
            } else if (option.attribute() != 0 || option.cleared() != 0) {
                attributes = attributes.and(option);
            }
            flags = option.clears() ? flags & ~option.flag() : flags | option.flag();
        }

        private void other(Node node, String name) throws ConfigException {
            switch (name) {
                case "bind" -> bind = true;
                case "rbind" -> bind = below = true;
                case "tmpcopyup" -> copyUp = true;
                case "idmap", "ridmap" -> idMap = name;
                case "remount" -> throw node.wrong("give the options at the mount itself");
                default -> {
                    // defaults, acl and noacl change nothing.
                }
            }
        }
    }
}
