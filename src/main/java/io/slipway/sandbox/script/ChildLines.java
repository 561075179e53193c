package io.slipway.sandbox.script;

import static io.slipway.sandbox.script.ShellWord.object;
import static io.slipway.sandbox.script.ShellWord.quoted;
import static io.slipway.sandbox.script.ShellWord.text;

import io.slipway.linux.CallResult;
import io.slipway.linux.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The child's calls as lines of a shell, one by one. The shell works from outside the root, while the host's tools are within reach: what the child
 * does after pivot_root is done below {@code $root} before it.
 */
final class ChildLines {
    /** Where the program builds the root aside; the script has a directory of its own for it. */
    private static final String STAGE = "/dev";

    private static final String ROOT = STAGE + "/root";

    private final List<String> lines = new ArrayList<>();
    /** What the script has bound trees of the host to, by their path on the host. */
    private final Map<String, String> trees;

    private boolean inRoot;
    private @Nullable Purpose heading;

    ChildLines(Map<String, String> trees) {
        this.trees = trees;
    }

    List<String> of(List<CallResult> calls) {
        for (CallResult call : calls) {
            line(call).ifPresent(line -> add(call, line));
        }
        return lines;
    }

    private void add(CallResult call, String line) {
        if (call.purpose() != heading) {
            heading = call.purpose();
            lines.add("");
            lines.add("# " + heading.title() + ": " + heading.meaning());
        }
        String passed = call.mayFail() ? line + " || true" : line;
        lines.add(passed + "  # " + call.text());
    }

    private Optional<String> line(CallResult call) {
        return switch (call.call()) {
            case "mkdirat" -> Optional.of("mkdir -p -m " + mode(call, 2) + " " + at(call));
            case "mknodat" -> Optional.of("[ -e " + at(call) + " ] || : > " + at(call));
            case "symlinkat" -> Optional.of("ln -sfn " + quoted(text(call, 0)) + " " + path(text(call, 2)));
            case "mount" -> Optional.of(mount(call));
            case "move_mount" -> Optional.of(move(call));
            case "mount_setattr" -> Optional.of(restrict(call));
            case "write" -> write(call);
            case "fchownat" ->
                Optional.of("chown -h " + call.arguments().get(2) + ":"
                        + call.arguments().get(3) + " " + at(call));
            case "chdir" -> enter(call);
            case "umask" -> Optional.of("umask " + call.arguments().getFirst());
            case "sethostname" -> Optional.of("hostname " + quoted(text(call, 0)));
            case "ioctl" -> Optional.of("ip link set lo up");
            case "prlimit64" -> limit(call);
            default -> Optional.empty();
        };
    }

    private Optional<String> enter(CallResult call) {
        if (text(call, 0).equals(ROOT)) {
            inRoot = true;
        }
        return Optional.empty();
    }

    /** A path of the child, as the script finds it. */
    private String path(String path) {
        if (inRoot) {
            return path.equals("/") ? "\"$root\"" : "\"$root\"" + quoted(path.startsWith("/") ? path : "/" + path);
        }
        if (path.equals(ROOT) || path.startsWith(ROOT + "/")) {
            return "\"$root\"" + (path.equals(ROOT) ? "" : quoted(path.substring(ROOT.length())));
        }
        if (path.equals(STAGE) || path.startsWith(STAGE + "/")) {
            return "\"$stage\"" + (path.equals(STAGE) ? "" : quoted(path.substring(STAGE.length())));
        }
        return quoted(path);
    }

    /** The entry that is named by a directory's descriptor and a path. */
    private String at(CallResult call) {
        String directory = object(call, 0);
        return path(directory.isEmpty() ? text(call, 1) : directory + "/" + text(call, 1));
    }

    private String mount(CallResult call) {
        String source = call.arguments().get(0);
        String type = text(call, 2);
        String flags = call.arguments().get(3);
        if (flags.contains("MS_PRIVATE")) {
            return "mount --make-rprivate /";
        }
        if (flags.contains("MS_BIND")) {
            return (flags.contains("MS_REC") ? "mount --rbind " : "mount --bind ") + path(text(call, 0)) + " "
                    + path(text(call, 1));
        }
        List<String> options = new ArrayList<>(options(flags, "MS_"));
        String data = text(call, 4);
        if (type.equals("overlay")) {
            data = data.replace(STAGE + "/", "$stage/");
            options.add(data);
            return "mount -t overlay -o \"" + String.join(",", options) + "\" overlay " + path(text(call, 1));
        }
        if (!data.isEmpty()) {
            options.add(data);
        }
        String how = options.isEmpty() ? "" : " -o " + quoted(String.join(",", options));
        return "mount -t " + type + how + " " + (source.equals("NULL") ? "none" : quoted(text(call, 0))) + " "
                + path(text(call, 1));
    }

    private String move(CallResult call) {
        String tree = object(call, 0);
        // One that fsmount(2) made is named by its type.
        return tree.startsWith("/")
                ? "mount --rbind " + tree(tree) + " " + target(call)
                : "mount -t " + tree + " -o nosuid,nodev,noexec " + tree + " " + target(call);
    }

    private String target(CallResult call) {
        String place = object(call, 2);
        return path(place.isEmpty() ? text(call, 3) : place);
    }

    /** A tree of the host: devices where they are, others where the script has bound them before it lost its rights. */
    private String tree(String object) {
        String bound = trees.get(object);
        if (bound != null) {
            return bound;
        }
        // Laid aside before, in the child's own stage.
        return object.matches(STAGE + "/m\\d+")
                ? "\"$stage\"" + quoted(object.substring(STAGE.length()))
                : quoted(object);
    }

    private String restrict(CallResult call) {
        String target = object(call, 0).isEmpty() ? text(call, 1) : object(call, 0);
        List<String> options = new ArrayList<>(List.of("remount", "bind"));
        options.addAll(options(call.arguments().get(3).replaceAll("[{}]|attr_set=|,.*", ""), "MOUNT_ATTR_"));
        // mount(8) sets all at once: what the mount had must be said again.
        if ((target.startsWith("/proc") || target.startsWith("/sys")) && !options.contains("noexec")) {
            options.add("noexec");
        }
        return "mount -o " + String.join(",", options) + " " + path(target);
    }

    /** Options of mount(8) for a {@code struct mount_attr}; empty when it only maps ids. */
    static String attributes(String struct) {
        return String.join(",", options(struct.replaceAll("[{}]|attr_set=|,.*", ""), "MOUNT_ATTR_"));
    }

    private static List<String> options(String flags, String prefix) {
        List<String> options = new ArrayList<>();
        for (String flag : flags.split("\\|")) {
            String name = flag.replaceFirst("^" + prefix, "");
            switch (name) {
                case "RDONLY" -> options.add("ro");
                case "NOSUID", "NODEV", "NOEXEC" -> options.add(name.toLowerCase(java.util.Locale.ROOT));
                default -> {
                    continue;
                }
            }
        }
        return options;
    }

    /** A small file; joining a group has been done before, with rights that are gone here, and nobody looks for a record of pid 1. */
    private Optional<String> write(CallResult call) {
        String file = object(call, 0);
        if (file.startsWith("/sys/fs/cgroup") || call.purpose() == Purpose.PID_ONE) {
            return Optional.empty();
        }
        if (!call.arguments().get(1).startsWith("\"")) {
            return Optional.of(": > " + path(file) + "  # put here what no plan shows: "
                    + call.arguments().get(1));
        }
        return Optional.of("printf %s " + quoted(text(call, 1)) + " > " + path(file));
    }

    private static Optional<String> limit(CallResult call) {
        String resource = call.arguments().get(1).replace("RLIMIT_", "").toLowerCase(java.util.Locale.ROOT);
        String[] limits =
                call.arguments().get(2).replaceAll("[{} ]|rlim_(cur|max)=", "").split(",");
        if (limits.length != 2) {
            return Optional.empty();
        }
        String both = limits[0].replace("infinity", "unlimited") + ":" + limits[1].replace("infinity", "unlimited");
        return Optional.of("prlimit --pid $$ --" + resource + "=" + both);
    }

    private static String mode(CallResult call, int index) {
        return call.arguments().get(index);
    }
}
