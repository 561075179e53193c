package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallProgram.Step;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The container's root: its layers under an overlay, what is mounted on it, and the way in. */
final class RootProgram {
    /** Covered in the child's own view once the devices are taken from it: a directory that every host has and everyone may enter. */
    private static final String STAGE = "/dev";

    private static final String ROOT = STAGE + "/root";
    private static final String ETC_LAYER = STAGE + "/etc";

    private final Calls calls;

    RootProgram(Calls calls) {
        this.calls = calls;
    }

    /**
     * Mounts the root aside. The working directory is where upper and work are made.
     *
     * @return the write of /etc/hosts, whose content may still change while the child waits
     */
    Step mount(SandboxSpec spec, List<Descriptor> layers, String resolvConf) {
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
        for (String directory : List.of("upper", "work", ROOT, ETC_LAYER, ETC_LAYER + "/etc")) {
            calls.makeDirectory(directory, 0755);
        }
        String hostname = spec.namespaces().hostname();
        // As a layer: no mounts to be made over whatever the image has there.
        text(ETC_LAYER + "/etc/hostname", hostname + "\n");
        text(ETC_LAYER + "/etc/resolv.conf", resolvConf);
        Step hosts = text(ETC_LAYER + "/etc/hosts", EtcFiles.hosts(hostname, "127.0.1.1"));
        lower.addFirst(ETC_LAYER);
        String options = "lowerdir=" + String.join(":", lower) + ",upperdir=upper,workdir=work";
        String userxattr = spec.namespaces().user().isPresent() ? ",userxattr" : "";
        calls.mount("overlay", ROOT, "overlay", 0, options + userxattr);
        return hosts;
    }

    /** Absolute paths are the container's from here on; the host's root is still seen, at {@code .}. */
    void enter() {
        calls.purpose(Purpose.ROOT);
        calls.enterRoot(ROOT);
    }

    void leaveHost() {
        calls.purpose(Purpose.ROOT);
        calls.leaveHostRoot();
    }

    /** @param trees what is to be mounted, in the order of the mounts */
    void mountVolumes(List<BindMount> mounts, List<Descriptor> trees) {
        calls.purpose(Purpose.VOLUMES);
        for (int i = 0; i < mounts.size(); i++) {
            BindMount mount = mounts.get(i);
            if (Files.isDirectory(mount.source())) {
                calls.makeDirectories(mount.target());
            } else {
                calls.makeDirectories(mount.target().substring(0, mount.target().lastIndexOf('/')));
                calls.makeFile(mount.target()).mayFail();
            }
            calls.move(trees.get(i), mount.target());
            calls.restrict(mount.target(), mount.readOnly());
        }
    }

    private Step text(String path, String content) {
        return calls.writeFile(path, content.getBytes(StandardCharsets.UTF_8), "content");
    }
}
