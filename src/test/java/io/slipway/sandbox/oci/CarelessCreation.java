package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram.Step;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The mounts and devices of a bundle made by its own program, but as a runtime does it that opens each path by its name: openat in place of openat2 with
 * its rules. Its child is ended where the hooks would run: nothing of the bundle is executed.
 */
final class CarelessCreation {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private CarelessCreation() {}

    /** As far as it was to come. */
    private static final class Enough extends IOException {
        private static final long serialVersionUID = 1L;
    }

    static void of(Bundle bundle, Path state) throws IOException {
        BundleConfig config = BundleConfig.parse(BundleConfig.bytes(bundle.write()));
        ContainerDirectory directory = ContainerDirectory.of(state, bundle.id());
        Files.createDirectories(directory.path());
        BundleCgroup cgroup = new BundleCgroup(
                Hierarchies.detect(),
                BundleCgroup.path(config.linux().cgroupsPath(), bundle.id()),
                directory.groupParents());
        cgroup.create(config.linux().resources());
        try (BundleFiles files = new BundleFiles(config, bundle.directory(), cgroup, directory)) {
            BundleProgram program = new BundleProgram(config, files, bundle.options());
            program.program().steps().forEach(CarelessCreation::followLinks);
            Spawn.Request request = new Spawn.Request(
                    program.program(), program.namespaces(), files.rootfs(), Optional.empty(), PATIENCE);
            Spawn.begin(request, files.joins(), child -> {
                Syscalls.write(files.releaseWrite(), new byte[1]);
                child.await(program.mounted(), PATIENCE);
                throw new Enough();
            });
        } catch (Enough e) {
            // Its child is dead and collected by now.
            return;
        } finally {
            cgroup.remove();
            directory.delete();
        }
    }

    private static void followLinks(Step step) {
        if (step.number() == SyscallNumber.OPENAT2 && step.arguments().get(2) instanceof Argument.Bytes how) {
            long flags =
                    ByteBuffer.wrap(how.bytes()).order(ByteOrder.nativeOrder()).getLong();
            step.instead(
                    SyscallNumber.OPENAT,
                    step.arguments().get(0),
                    step.arguments().get(1),
                    Argument.number(flags),
                    Argument.number(0));
        }
    }
}
