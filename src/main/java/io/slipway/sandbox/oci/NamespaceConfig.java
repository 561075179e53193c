package io.slipway.sandbox.oci;

import io.slipway.linux.Spawn;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** One of {@code linux.namespaces}: a new one, or with a path one that is there. */
record NamespaceConfig(Type type, Optional<String> path) {
    /** Kinds of namespaces, with clone(2)'s flag. */
    enum Type {
        PID("pid", Spawn.NEWPID, "pid"),
        NETWORK("network", Spawn.NEWNET, "net"),
        MOUNT("mount", Spawn.NEWNS, "mnt"),
        IPC("ipc", Spawn.NEWIPC, "ipc"),
        UTS("uts", Spawn.NEWUTS, "uts"),
        USER("user", Spawn.NEWUSER, "user"),
        CGROUP("cgroup", Spawn.NEWCGROUP, "cgroup"),
        TIME("time", 0x80, "time");

        private final String property;
        private final long flag;
        private final String file;

        Type(String property, long flag, String file) {
            this.property = property;
            this.flag = flag;
            this.file = file;
        }

        String property() {
            return property;
        }

        long flag() {
            return flag;
        }

        /** Its name below /proc/PID/ns. */
        String file() {
            return file;
        }
    }

    static List<NamespaceConfig> parse(Node node) throws ConfigException {
        List<NamespaceConfig> namespaces = new ArrayList<>();
        EnumSet<Type> seen = EnumSet.noneOf(Type.class);
        for (Node one : node.list()) {
            Type type = type(one.at("type"));
            if (!seen.add(type)) {
                throw one.at("type").wrong("list each kind of namespace once");
            }
            Node path = one.at("path");
            Optional<String> to =
                    path.present() && !path.text().isEmpty() ? Optional.of(path.absolutePath()) : Optional.empty();
            if (type == Type.TIME && to.isPresent()) {
                throw path.wrong("a time namespace cannot be joined by this runtime; leave the path out for a new one");
            }
            namespaces.add(new NamespaceConfig(type, to));
        }
        return List.copyOf(namespaces);
    }

    private static Type type(Node node) throws ConfigException {
        List<String> names = new ArrayList<>();
        for (Type type : Type.values()) {
            if (type.property().equals(node.text())) {
                return type;
            }
            names.add(type.property());
        }
        throw node.wrong("name one of " + String.join(", ", names));
    }
}
