package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The container's root: its layers under an overlay, what is mounted on it, and the way in. */
final class RootProgram {
    /** Covered in the child's own view once the devices are taken from it: a directory that every host has and everyone may enter. */
    private static final String STAGE = "/dev";

    private static final String ROOT = STAGE + "/root";
    private static final String TOP_LAYER = STAGE + "/top";

    private final Calls calls;

    RootProgram(Calls calls) {
        this.calls = calls;
    }

    /**
     * Mounts the root aside. The working directory is where upper and work are made.
     *
     * @param again whether upper and work are there from an earlier run
     * @return the write of /etc/hosts, whose content may still change while the child waits
     */
    Step mount(SandboxSpec spec, List<Argument> layers, String resolvConf, boolean again) {
        calls.purpose(Purpose.ROOT);
        // Places to mount on, and three small files, in memory: on a disk each would cost more than a mount.
        calls.mount("tmpfs", STAGE, "tmpfs", Calls.MS_NOSUID | Calls.MS_NODEV, "mode=755");
        List<String> lower = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            String place = STAGE + "/" + i;
            calls.makeDirectory(place, 0755);
            calls.move(layers.get(i), place);
            lower.addFirst(place);
        }
        for (String directory : List.of("upper", "work")) {
            Step make = calls.makeDirectory(directory, 0755);
            if (again) {
                make.mayFail();
            }
        }
        calls.makeDirectory(ROOT, 0755);
        calls.makeDirectory(TOP_LAYER, 0755);
        // Whatever an image has there: what is mounted on a link would come to lie elsewhere (CVE-2026-41579).
        for (String directory : List.of("/etc", "/proc", "/sys", "/dev")) {
            calls.makeDirectory(TOP_LAYER + directory, 0755);
        }
        String hostname = spec.namespaces().hostname();
        // As a layer: no mounts to be made over whatever the image has there.
        text(TOP_LAYER + "/etc/hostname", hostname + "\n");
        text(TOP_LAYER + "/etc/resolv.conf", resolvConf);
        Step hosts = text(TOP_LAYER + "/etc/hosts", EtcFiles.hosts(hostname, List.of("127.0.1.1")));
        lower.addFirst(TOP_LAYER);
        // No later container is given these files, so no end of one needs to wait until the host's whole file system is
        // on the disk.
        String options = "lowerdir=" + String.join(":", lower) + ",upperdir=upper,workdir=work,volatile";
        String userxattr = spec.namespaces().user().isPresent() ? ",userxattr" : "";
        calls.mount("overlay", ROOT, "overlay", 0, options + userxattr);
        return hosts;
    }

    /** A directory in memory that no image has a say in, until {@link #becomeRoot}. */
    String stage() {
        return STAGE;
    }

    void enter() {
        calls.purpose(Purpose.ROOT);
        calls.changeDirectory(ROOT);
    }

    /** Absolute paths are the container's from here on; the host's mounts are still in sight. */
    void becomeRoot() {
        calls.purpose(Purpose.ROOT);
        calls.enterRoot();
    }

    void leaveHost() {
        calls.purpose(Purpose.ROOT);
        calls.leaveHostRoot();
    }

    /** Last of all that is done to the root. */
    void makeReadOnly() {
        calls.purpose(Purpose.ROOT);
        calls.restrict("/", Calls.MS_RDONLY);
    }

    private Step text(String path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return calls.writeFile(path, 0644, Argument.content(bytes), bytes.length);
    }
}
