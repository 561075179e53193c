package io.slipway.cli.oci;

import io.slipway.linux.Signal;
import io.slipway.sandbox.oci.CreateOptions;
import io.slipway.sandbox.oci.ExecOptions;
import io.slipway.sandbox.oci.Features;
import io.slipway.sandbox.oci.OciRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code slipway oci}, from its words to its exit code. */
public final class OciLine {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final String SYSTEMD = "/run/systemd/system";
    private final PrintStream out;
    private final PrintStream err;
    private final InputStream in;
    private final Map<String, String> environment;
    private final Clock clock = Clock.systemUTC();

    public OciLine(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** @return the exit code: 0, 1 when it failed or was misused; for run and exec that of the process */
    public int run(List<String> arguments) {
        try {
            Words words = Words.parse(arguments);
            OciLog log = OciLog.of(words, err, clock);
            try {
                return run(words, log);
            } catch (IOException | RuntimeException e) {
                log.error(message(e));
                if (environment.containsKey("SLIPWAY_DEBUG")) {
                    e.printStackTrace(err);
                }
            }
        } catch (UsageException e) {
            err.println("slipway oci: " + e.getMessage());
        }
        return FAILED;
    }

    /** What the JDK says of files is only their names. */
    private static String message(Exception e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no file " + missing.getFile();
            case AccessDeniedException denied ->
                "there is no right to " + denied.getFile() + "; containers are made as root";
            case FileSystemException other -> other.getFile() + ": " + other.getReason();
            case IOException said -> String.valueOf(said.getMessage());
            default -> e.toString();
        };
    }

    private int run(Words words, OciLog log) throws IOException, UsageException {
        if (words.has("help") || words.verb().isEmpty() && !words.has("version")) {
            new Help(out).print(words.verb());
            return words.has("help") ? DONE : FAILED;
        }
        if (words.has("version") || words.verb().isEmpty()) {
            out.print(Version.text());
            return DONE;
        }
        refuseManagers(words);
        OciRuntime runtime = new OciRuntime(
                root(words), clock, log::warning, words.text("explain").map(OciLine::absolute));
        return switch (words.verb().get()) {
            case CREATE -> create(runtime, words);
            case START -> act(() -> runtime.start(words.id(false)));
            case STATE -> act(() -> out.write(runtime.state(words.id(false))));
            case KILL -> kill(runtime, words);
            case DELETE -> act(() -> runtime.delete(words.id(false), words.has("force")));
            case RUN ->
                new Foreground(runtime).run(words.id(false), options(words), words.has("detach"), words.has("keep"));
            case EXEC -> exec(runtime, words);
            case LIST -> act(() -> new Listing(out).containers(runtime.list(), format(words), words.has("quiet")));
            case PS -> act(() -> new Listing(out).processes(runtime.processes(words.id(true)), format(words)));
            case PAUSE -> act(() -> runtime.pause(words.id(false)));
            case RESUME -> act(() -> runtime.resume(words.id(false)));
            case UPDATE -> act(() -> runtime.update(words.id(false), new UpdateFlags(words).resources(in)));
            case FEATURES -> act(() -> out.write(Features.json()));
        };
    }

    private interface Act {
        void run() throws IOException, UsageException;
    }

    private static int act(Act act) throws IOException, UsageException {
        act.run();
        return DONE;
    }

    private static void refuseManagers(Words words) throws UsageException {
        boolean systemd = words.has("systemd-cgroup")
                || words.text("cgroup-manager").filter("systemd"::equals).isPresent();
        if (systemd) {
            String why = Files.isDirectory(Path.of(SYSTEMD))
                    ? "groups are made by file here, not by systemd"
                    : "systemd does not run on this machine (there is no " + SYSTEMD + ")";
            throw new UsageException(
                    "--systemd-cgroup cannot be done: " + why + "; call with --cgroup-manager cgroupfs");
        }
        Optional<String> manager = words.text("cgroup-manager").filter(name -> !name.equals("cgroupfs"));
        if (manager.isPresent()) {
            throw new UsageException("--cgroup-manager " + manager.get() + " is not known; there is cgroupfs");
        }
    }

    private Path root(Words words) {
        Optional<String> root = words.text("root");
        if (root.isPresent()) {
            return Path.of(root.get()).toAbsolutePath();
        }
        String run = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return Path.of(run.isEmpty() || Files.isWritable(Path.of("/run")) ? "/run" : run, "slipway-oci");
    }

    private int create(OciRuntime runtime, Words words) throws IOException, UsageException {
        runtime.create(words.id(false), options(words));
        return DONE;
    }

    private static CreateOptions options(Words words) throws UsageException {
        return new CreateOptions(
                Path.of(words.text("bundle").orElse("")),
                words.text("pid-file").map(OciLine::absolute),
                words.text("console-socket").map(OciLine::absolute),
                words.has("no-pivot"),
                words.has("no-new-keyring"),
                words.number("preserve-fds", 0));
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath();
    }

    private static int kill(OciRuntime runtime, Words words) throws IOException, UsageException {
        String id = words.id(true);
        List<String> operands = words.operands();
        if (operands.size() > 2) {
            throw new UsageException("kill takes an id and a signal, not also '" + operands.get(2) + "'");
        }
        int signal;
        try {
            signal = operands.size() > 1 && operands.get(1).equals("0")
                    ? 0
                    : Signal.number(operands.size() > 1 ? operands.get(1) : "SIGTERM");
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        runtime.kill(id, signal, words.has("all"));
        return DONE;
    }

    private static int exec(OciRuntime runtime, Words words) throws IOException, UsageException {
        String id = words.id(true);
        for (String refused : List.of("process-label", "apparmor")) {
            if (words.text(refused)
                    .filter(text -> !text.isEmpty() && !text.equals("unconfined"))
                    .isPresent()) {
                throw new UsageException("--" + refused + " cannot be done: neither SELinux nor AppArmor is supported");
            }
        }
        List<Integer> groups = new ArrayList<>();
        for (String group : words.all("additional-gids")) {
            if (!group.matches("[0-9]{1,9}")) {
                throw new UsageException("--additional-gids " + group + " is not a number");
            }
            groups.add(Integer.valueOf(group));
        }
        Optional<byte[]> process = words.text("process").isPresent()
                ? Optional.of(Files.readAllBytes(Path.of(words.text("process").get())))
                : Optional.empty();
        ExecOptions options = new ExecOptions(
                process,
                words.operands().subList(1, words.operands().size()),
                words.text("cwd"),
                words.all("env"),
                words.has("tty"),
                words.text("user"),
                groups,
                words.all("cap"),
                words.has("no-new-privs"),
                words.has("detach"),
                words.text("pid-file").map(OciLine::absolute),
                words.text("console-socket").map(OciLine::absolute),
                words.number("preserve-fds", 0));
        return runtime.exec(id, options).exitCode().orElse(DONE);
    }

    private static String format(Words words) throws UsageException {
        String format = words.text("format").orElse("table");
        if (!format.equals("table") && !format.equals("json")) {
            throw new UsageException("--format " + format + " is not table or json");
        }
        return format;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
