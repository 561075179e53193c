package io.slipway.cli;

import io.slipway.sandbox.BindMount;
import io.slipway.sandbox.Root;
import io.slipway.sandbox.TmpfsMount;
import io.slipway.sandbox.VolumeMount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What {@code slipway run} takes for a container's files. */
final class MountOptions {
    @Option(
            names = {"-v", "--volume"},
            paramLabel = "SOURCE:PATH[:ro][:idmap]",
            description = "Show at PATH a file or directory of the host, or a volume kept by name (a SOURCE without a "
                    + "slash). ro: read-only, with all below. idmap: the host's owner n is the container's owner n.")
    private List<String> volumes = new ArrayList<>();

    @Option(
            names = "--tmpfs",
            paramLabel = "PATH[:size=S,mode=M,exec]",
            description = "An empty file system in memory. Default: size=64MiB,mode=1777, nothing can be executed.")
    private List<String> tmpfs = new ArrayList<>();

    @Option(
            names = "--secret",
            paramLabel = "NAME=FILE[:PATH]",
            description = "The content of a host's file, in memory, readable by the container's user alone. "
                    + "Default: /run/secrets/NAME.")
    private List<String> secrets = new ArrayList<>();

    @Option(names = "--read-only", description = "Only what is mounted can be written to.")
    private boolean readOnly;

    Root root(List<Path> layers) {
        List<BindMount> binds = new ArrayList<>();
        List<VolumeMount> named = new ArrayList<>();
        volumes.forEach(volume -> add(volume, binds, named));
        return Root.of(layers)
                .withReadOnly(readOnly)
                .withBinds(binds)
                .withVolumes(named)
                .withTmpfs(tmpfs.stream().map(MountOptions::tmpfs).toList())
                .withSecrets(secrets().stream().map(SecretFile::mount).toList());
    }

    /** What is asked for by {@code --secret}. */
    List<SecretFile> secrets() {
        return secrets.stream().map(SecretFile::parse).toList();
    }

    private static void add(String volume, List<BindMount> binds, List<VolumeMount> named) {
        String[] part = volume.split(":", -1);
        List<String> flags = part.length < 2 ? List.of() : List.of(part).subList(2, part.length);
        boolean known = List.of("ro", "rw", "idmap").containsAll(flags);
        if (part.length < 2 || !known || flags.containsAll(List.of("ro", "rw"))) {
            throw usage("--volume " + volume + " is not SOURCE:PATH, with :ro and :idmap if wanted");
        }
        boolean readOnly = flags.contains("ro");
        boolean idMapped = flags.contains("idmap");
        if (part[0].contains("/")) {
            Path source = Path.of(part[0]).toAbsolutePath().normalize();
            if (!Files.exists(source)) {
                throw usage("--volume " + volume + ": there is no " + source);
            }
            binds.add(new BindMount(source, part[1], readOnly, idMapped));
        } else if (idMapped) {
            throw usage("--volume " + volume + ": a volume that is kept by name is always mapped; leave :idmap out");
        } else {
            named.add(new VolumeMount(part[0], part[1], readOnly));
        }
    }

    private static TmpfsMount tmpfs(String text) {
        int colon = text.indexOf(':');
        String target = colon < 0 ? text : text.substring(0, colon);
        TmpfsMount mount = new TmpfsMount(target, TmpfsMount.DEFAULT_BYTES, TmpfsMount.DEFAULT_MODE, false);
        for (String option :
                colon < 0 ? new String[0] : text.substring(colon + 1).split(",", -1)) {
            mount = with(mount, option, text);
        }
        return mount;
    }

    private static TmpfsMount with(TmpfsMount mount, String option, String text) {
        if (option.equals("exec")) {
            return new TmpfsMount(mount.target(), mount.sizeBytes(), mount.mode(), true);
        }
        if (option.matches("mode=[0-7]{3,4}")) {
            int mode = Integer.parseInt(option.substring(5), 8);
            return new TmpfsMount(mount.target(), mount.sizeBytes(), mode, mount.executable());
        }
        if (option.startsWith("size=")) {
            long bytes = ByteSize.parse("--tmpfs " + text + ": ", option.substring(5));
            return new TmpfsMount(mount.target(), bytes, mount.mode(), mount.executable());
        }
        throw usage("--tmpfs " + text + ": '" + option + "' is none of size=64MiB, mode=1777 (octal), exec");
    }

    private static CommandFailed usage(String text) {
        return new CommandFailed(ExitCode.USAGE, text);
    }
}
