package io.slipway.cli;

import io.slipway.image.Freshness;
import io.slipway.image.Image;
import io.slipway.image.ImageException;
import io.slipway.image.InvalidReference;
import io.slipway.sandbox.Application;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.seccomp.Seccomp;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a container is to be started as. */
final class ContainerOptions {
    /** Exit code of a command that could not start its container. */
    static final int NOT_STARTED = 125;

    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Mixin
    private MountOptions mounts = new MountOptions();

    @Mixin
    private NamespaceOptions namespaces = new NamespaceOptions();

    @Mixin
    private PrivilegeOptions privileges = new PrivilegeOptions();

    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Option(
            names = "--pull",
            paramLabel = "WHEN",
            description =
                    "always, missing or never: whether the registry is asked for an image that is here. Default: missing.")
    private Freshness pull = Freshness.MISSING;

    @Mixin
    private EnvironmentOptions environment = new EnvironmentOptions();

    @Option(
            names = "--entrypoint",
            paramLabel = "PROGRAM",
            description = "Instead of the image's entrypoint and command, before what follows the image; '': none.")
    private @Nullable String entrypoint;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER[:GROUP]",
            description = "Instead of the image's user.")
    private @Nullable String user;

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "DIR",
            description = "Instead of the image's working directory; made when it is missing.")
    private @Nullable String directory;

    @Option(
            names = "--seccomp",
            paramLabel = "FILE",
            description = "default, unconfined, or a profile as the OCI or Docker has it. Default: default.")
    private String seccomp = "default";

    @Option(
            names = "--group-add",
            paramLabel = "GROUP",
            description = "A group beside those of the user, by the image's name for it or by number.")
    private List<String> groups = new ArrayList<>();

    @Option(
            names = "--stop-signal",
            paramLabel = "SIGNAL",
            description = "That asks it to end, instead of the image's. Default: SIGTERM.")
    private @Nullable String stopSignal;

    /** A random one: 12 hexadecimal digits. */
    static String newId() {
        return HexFormat.of().formatHex(new SecureRandom().generateSeed(6));
    }

    /** Contents by name. */
    Map<String, byte[]> secrets() throws IOException {
        return SecretFile.read(mounts.secrets());
    }

    /** @param warning is told what is odd, and no reason to refuse */
    SandboxSpec spec(
            String id,
            String image,
            List<String> command,
            RuntimeOptions options,
            PrintWriter err,
            Consumer<String> warning)
            throws IOException {
        Image found = found(image, options, err);
        List<String> argv = argv(image, found, command);
        String ofImage =
                found.config().workingDir().isEmpty() ? "/" : found.config().workingDir();
        try {
            Application application = new Application(
                    argv,
                    environment.over(found.config().env(), warning),
                    directory != null ? directory : ofImage,
                    user != null ? user : found.config().user(),
                    groups);
            return SandboxSpec.of(id, found.layers(), argv)
                    .withApplication(application)
                    .withRoot(mounts.root(found.layers()))
                    .withNamespaces(namespaces.namespaces(id))
                    .withPrivileges(privileges.privileges().withSeccomp(seccomp(warning)))
                    .withLimits(limits.over(Limits.NONE))
                    .withLog(log.limits())
                    .withLabels(labels(image, found, warning));
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private Map<String, String> labels(String image, Image found, Consumer<String> warning) {
        Map<String, String> labels = new HashMap<>(Map.of(SandboxView.IMAGE, image));
        StopSignal.chosen(Optional.ofNullable(stopSignal), found.config().stopSignal(), warning)
                .ifPresent(signal -> labels.put(StopSignal.LABEL, signal));
        mounts.secrets().stream().map(SecretFile::label).forEach(it -> labels.put(it.getKey(), it.getValue()));
        return labels;
    }

    private Image found(String image, RuntimeOptions options, PrintWriter err) throws IOException {
        try {
            return registry.obtain(options.images(), options.dataDirectory(), image, pull, err);
        } catch (ImageException | InvalidReference e) {
            throw new CommandFailed(NOT_STARTED, String.valueOf(e.getMessage()));
        }
    }

    private List<String> argv(String image, Image found, List<String> command) {
        List<String> argv = new ArrayList<>();
        if (entrypoint == null) {
            argv.addAll(found.config().entrypoint());
            argv.addAll(command.isEmpty() ? found.config().cmd() : command);
        } else {
            // The image's command was meant for the image's entrypoint.
            argv.addAll(entrypoint.isEmpty() ? List.of() : List.of(entrypoint));
            argv.addAll(command);
        }
        if (argv.isEmpty()) {
            String why = entrypoint == null
                    ? "image " + image + " names no command"
                    : "--entrypoint '' leaves the image's entrypoint and command out";
            throw new CommandFailed(ExitCode.USAGE, why + "; say one after the image");
        }
        return argv;
    }

    private Seccomp seccomp(Consumer<String> warning) throws IOException {
        if (seccomp.equals("default")) {
            return Seccomp.DEFAULT;
        } else if (seccomp.equals("unconfined")) {
            return Seccomp.unconfined("asked for by --seccomp unconfined");
        }
        Path file = Path.of(seccomp);
        if (!Files.isRegularFile(file)) {
            throw new CommandFailed(
                    ExitCode.USAGE, "--seccomp " + seccomp + " is neither default nor unconfined nor a file");
        }
        Seccomp given = Seccomp.profile(Files.readString(file));
        given.unknownNames()
                .forEach((unknown, hint) -> warning.accept(
                        "warning: --seccomp " + seccomp + ": " + unknown + " is no system call, and ignored" + hint));
        return given;
    }
}
