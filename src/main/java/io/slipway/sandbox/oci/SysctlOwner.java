package io.slipway.sandbox.oci;

import java.util.Optional;
import java.util.Set;

/** Which namespace a kernel parameter belongs to (ipc_namespaces(7), network_namespaces(7), uts_namespaces(7)). */
final class SysctlOwner {
    private static final Set<String> IPC = Set.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");

    private SysctlOwner() {}

    /** @param name with dots */
    static Optional<NamespaceConfig.Type> of(String name) {
        if (IPC.contains(name) || name.startsWith("fs.mqueue.")) {
            return Optional.of(NamespaceConfig.Type.IPC);
        }
        if (name.equals("kernel.domainname") || name.equals("kernel.hostname")) {
            return Optional.of(NamespaceConfig.Type.UTS);
        }
        return name.startsWith("net.") ? Optional.of(NamespaceConfig.Type.NETWORK) : Optional.empty();
    }
}
