package io.slipway.sandbox;

import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Takes away of containers what is neither their files nor their ids. */
record Teardown(Optional<Network> network) {
    /** Ends whatever is left of one of which nobody is told. */
    void kill(Sandbox sandbox) throws IOException {
        sandbox.record().process().flatMap(ProcessIdentity::open).ifPresent(handle -> {
            Syscalls.kill(sandbox.pid(), 9);
            handle.close();
        });
        sandbox.cgroup().killAll();
    }

    /**
     * Of one that has ended.
     *
     * @return what is left to be done a little later
     */
    Network.Rest takeDown(Sandbox sandbox) throws IOException {
        sandbox.cgroup().remove();
        Optional<Connection> joined = sandbox.spec().namespaces().network();
        return joined.isPresent() && network.isPresent() ? network.get().leave(sandbox.id(), joined.get()) : () -> {};
    }

    /** One that was to be started again, and was not: ended as it did before, or created and no more. */
    void takeBack(Sandbox sandbox, Exit before) throws IOException {
        sandbox.cgroup().killAll();
        takeDown(sandbox).take();
        if (!before.started()) {
            SandboxDirectory.deleteTree(sandbox.directory().fs());
        }
        // As it was written down last: an end counts only as that of the process which was started last.
        Path state = sandbox.directory().state();
        SandboxRecord.read(state).ended(before).append(state);
    }
}
