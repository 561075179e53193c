package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The namespaces of a running process, for another one to enter (setns(2)). */
final class JoinedNamespaces implements AutoCloseable {
    /** The user namespace first, as it gives the right to enter the others; mounts last, as paths then mean others. */
    private static final List<NamespaceConfig.Type> ORDER = List.of(
            NamespaceConfig.Type.USER,
            NamespaceConfig.Type.IPC,
            NamespaceConfig.Type.UTS,
            NamespaceConfig.Type.NETWORK,
            NamespaceConfig.Type.CGROUP,
            NamespaceConfig.Type.MOUNT);

    private final Map<NamespaceConfig.Type, Descriptor> namespaces = new EnumMap<>(NamespaceConfig.Type.class);
    private final List<Descriptor> owned = new ArrayList<>();
    private final List<Spawn.Join> joins = new ArrayList<>();

    /** Only those that are not ours already: a user namespace cannot be entered twice. */
    static JoinedNamespaces of(int pid) throws SyscallException {
        JoinedNamespaces joined = new JoinedNamespaces();
        try {
            for (NamespaceConfig.Type type : ORDER) {
                if (differs(pid, type)) {
                    joined.namespaces.put(type, joined.own(NamespaceFile.of(pid, type)));
                }
            }
            if (differs(pid, NamespaceConfig.Type.PID)) {
                NamespaceConfig.Type type = NamespaceConfig.Type.PID;
                joined.joins.add(new Spawn.Join(
                        joined.own(NamespaceFile.of(pid, type)), joined.own(NamespaceFile.ours(type)), type.flag()));
            }
            return joined;
        } catch (SyscallException | RuntimeException e) {
            joined.close();
            throw e;
        }
    }

    private static boolean differs(int pid, NamespaceConfig.Type type) {
        try {
            Path theirs = Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + type.file()));
            return !theirs.equals(Files.readSymbolicLink(Path.of("/proc/thread-self/ns/" + type.file())));
        } catch (java.io.IOException e) {
            return true;
        }
    }

    boolean has(NamespaceConfig.Type type) {
        return namespaces.containsKey(type);
    }

    /** Its pid namespace, which only a child is born into. */
    List<Spawn.Join> joins() {
        return joins;
    }

    /** The others, entered by the child. */
    void enter(SyscallProgram program) {
        for (NamespaceConfig.Type type : ORDER) {
            Descriptor namespace = namespaces.get(type);
            if (namespace != null) {
                program.call(
                        SyscallNumber.SETNS,
                        Argument.descriptor(namespace),
                        Argument.flags(type.flag(), "CLONE_NEW" + type));
            }
        }
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
