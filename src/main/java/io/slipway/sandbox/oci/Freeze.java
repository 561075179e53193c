package io.slipway.sandbox.oci;

import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** The file by which a group's processes are stopped where they are, in either version (freezer-subsystem.rst, cgroup-v2.rst). */
record Freeze(Optional<Path> file, boolean unified) {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000L;

    static Freeze of(Hierarchies hierarchies, UnaryOperator<Path> in) {
        Path first = hierarchies.first().get("freezer");
        return first != null
                ? new Freeze(Optional.of(in.apply(first).resolve("freezer.state")), false)
                : new Freeze(hierarchies.unified().map(root -> in.apply(root).resolve("cgroup.freeze")), true);
    }

    /** Returns once they stand still, or go on. */
    void set(boolean on) throws IOException {
        Path target = file.orElseThrow(() -> new OciException(
                "nothing can be frozen: this machine has neither the freezer controller nor version 2 mounted"));
        String value = unified ? (on ? "1" : "0") : on ? "FROZEN" : "THAWED";
        Syscalls.writeFile(target, value);
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (isOn() != on) {
            if (System.nanoTime() > end) {
                Syscalls.writeFile(target, unified ? "0" : "THAWED");
                throw new OciException("not all processes of " + target.getParent()
                        + " stood still within 5 s, so all go on; one may wait for a disk (state D in ps)");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Whether they stand still. */
    boolean isOn() {
        try {
            if (file.isEmpty()) {
                return false;
            }
            return unified
                    ? Files.readString(file.get().resolveSibling("cgroup.events"))
                            .contains("frozen 1")
                    : Files.readString(file.get()).strip().equals("FROZEN");
        } catch (IOException e) {
            return false;
        }
    }
}
