package io.slipway.sandbox.script;

import static io.slipway.sandbox.script.ShellWord.object;
import static io.slipway.sandbox.script.ShellWord.quoted;
import static io.slipway.sandbox.script.ShellWord.text;

import io.slipway.linux.CallResult;
import io.slipway.linux.Purpose;
import io.slipway.sandbox.Explanation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A planned container as a script for sh(1), with the tools of util-linux, iproute2 and coreutils: an equivalent container, as far as these tools
 * go. It needs root. Every line names the call that Slipway makes instead.
 */
public final class ShellScript {
    private static final Pattern GROUP = Pattern.compile("(/sys/fs/cgroup.*?)/slipway/[^/]+/([^/]+)(/.*)?");
    private static final Map<String, String> OPTIONS = new TreeMap<>(Map.of(
            "CLONE_NEWPID", "--pid --fork --kill-child",
            "CLONE_NEWNET", "--net",
            "CLONE_NEWUTS", "--uts",
            "CLONE_NEWIPC", "--ipc"));
    private final String id;
    private final List<CallResult> agent;
    private final List<CallResult> child;
    private final Map<String, String> trees = new LinkedHashMap<>();
    private final NetworkLines network;

    private ShellScript(String id, Explanation plan) {
        this.id = id;
        agent = plan.calls().stream().filter(call -> call.by().equals("agent")).toList();
        child = plan.calls().stream()
                .filter(call -> call.by().equals("child") || isLimitOfFiles(call))
                .toList();
        network = new NetworkLines(agent);
    }

    /**
     * @param id of the container; the script's cgroups are named {@code slipway-} and this
     * @param plan as {@code Sandboxes.plan} gives it
     */
    public static List<String> of(String id, Explanation plan) {
        if (plan.calls().stream().anyMatch(call -> call.call().equals("setns") && call.purpose() != Purpose.NETWORK)) {
            throw new IllegalArgumentException(
                    "container " + id + " joins another's namespaces, which no script can say"
                            + " before that one runs; explain it as calls");
        }
        return new ShellScript(id, plan).lines();
    }

    /** The one limit that pid 1 gives its application. */
    private static boolean isLimitOfFiles(CallResult call) {
        return call.by().equals("pid 1") && call.call().equals("prlimit64");
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>(ScriptFrame.head(id));
        lines.add("");
        lines.add("# ---- cgroups: how much it may use, and what it is counted by");
        lines.addAll(groups());
        if (network.present()) {
            lines.addAll(network.bridge());
        }
        List<String> hold = hold();
        lines.addAll(ScriptFrame.stage("inside", inside()));
        lines.addAll(ScriptFrame.stage("outside", hold));
        lines.addAll(ScriptFrame.start());
        return lines;
    }

    /** Directories, limits, and the list of files to join by. */
    private List<String> groups() {
        List<String> lines = new ArrayList<>();
        for (CallResult call : agent) {
            String path = call.call().equals("write") ? object(call, 0) : firstText(call);
            var group = GROUP.matcher(path);
            if (group.matches() && call.call().equals("mkdir")) {
                String directory = group.group(1) + "/\"$group\"";
                lines.add(
                        "mkdir " + directory + "; groups=\"$groups " + group.group(1) + "/$group\"  # " + call.text());
            } else if (group.matches() && group.group(3) != null && call.call().equals("write")) {
                lines.add("echo " + quoted(text(call, 1)) + " > " + group.group(1) + "/\"$group\"" + group.group(3)
                        + "  # " + call.text());
            } else if (call.call().equals("write")
                    && path.matches("/sys/fs/cgroup[^/]*(/unified)?/cgroup.subtree_control")) {
                lines.add("echo " + quoted(text(call, 1)) + " > " + path + "  # " + call.text());
            }
        }
        return lines;
    }

    private static String firstText(CallResult call) {
        return call.arguments().isEmpty() ? "" : text(call, 0);
    }

    /** What is done as root of the host, in a mount namespace of the script's own. */
    private List<String> hold() {
        List<String> lines = new ArrayList<>();
        lines.add("# Where everybody may pass through, whatever lies above the script's own directory.");
        lines.add("mount --bind \"$base\" /mnt");
        lines.add("base=/mnt");
        lines.add(
                "# Trees of the host that the container gets, bound where its root, which is nobody here, may see them.");
        int number = 0;
        for (CallResult call : agent) {
            if (call.call().equals("open_tree")) {
                String bound = "\"$base\"/tree" + number++;
                trees.put(text(call, 1), bound);
                String kind = call.arguments().get(2).contains("AT_RECURSIVE") ? "--rbind" : "--bind";
                String tree = quoted(text(call, 1));
                lines.add("if [ -d " + tree + " ]; then mkdir " + bound + "; else : > " + bound + "; fi");
                lines.add("mount " + kind + " " + tree + " " + bound + "  # " + call.text());
            } else if (call.call().equals("mount_setattr") && trees.containsKey(object(call, 0))) {
                String options = ChildLines.attributes(call.arguments().get(3));
                if (!options.isEmpty()) {
                    String bound = trees.get(object(call, 0));
                    lines.add("mount -o remount,bind," + options + " " + bound + "  # " + call.text());
                }
            }
        }
        List<String> pair = network.present() ? network.pair() : List.of();
        lines.addAll(
                map().isPresent()
                        ? ScriptFrame.mapped(map().get(), namespaces(), pair)
                        : ScriptFrame.unmapped(namespaces(), pair));
        return lines;
    }

    /** Options of unshare(1). */
    private String namespaces() {
        String flags = agent.stream()
                .filter(call -> call.call().equals("clone3"))
                .map(CallResult::text)
                .collect(Collectors.joining());
        StringBuilder options = new StringBuilder("--mount");
        OPTIONS.forEach((flag, option) -> options.append(makes(flag, flags) ? " " + option : ""));
        boolean cgroup = child.stream().anyMatch(call -> call.text().equals("unshare(CLONE_NEWCGROUP)"));
        return options.append(cgroup ? " --cgroup" : "").append(clocks(flags)).toString();
    }

    /** Only processes that are started from there on have them. */
    private String clocks(String flags) {
        StringBuilder options = new StringBuilder();
        for (CallResult call : agent) {
            if (call.call().equals("write") && object(call, 0).endsWith("/timens_offsets")) {
                options.append(flags.contains("CLONE_NEWPID") ? " --time" : " --fork --time");
                for (String clock : text(call, 1).strip().split("\n")) {
                    options.append(" --")
                            .append(clock.split(" ")[0])
                            .append(' ')
                            .append(clock.split(" ")[1]);
                }
            }
        }
        return options.toString();
    }

    /** A network namespace that is joined to a bridge is made before. */
    private boolean makes(String flag, String flags) {
        return flags.contains(flag) && !(flag.equals("CLONE_NEWNET") && network.present());
    }

    /** What is written to uid_map. */
    private Optional<String> map() {
        return agent.stream()
                .filter(call -> call.call().equals("write") && object(call, 0).endsWith("/uid_map"))
                .map(call -> text(call, 1).strip())
                .findFirst();
    }

    private List<String> inside() {
        List<String> lines = new ArrayList<>(ScriptFrame.inside());
        lines.addAll(new ChildLines(trees).of(child));
        lines.addAll(ScriptFrame.leave());
        lines.addAll(privileges());
        return lines;
    }

    /** Rights, environment and the application, in one exec: afterwards no tool of the host's is left. */
    private List<String> privileges() {
        TreeSet<String> dropped = new TreeSet<>();
        List<CallResult> identity = new ArrayList<>();
        for (CallResult call : child) {
            if (call.text().contains("PR_CAPBSET_DROP")) {
                dropped.add("-" + call.arguments().get(1).replace("CAP_", "").toLowerCase(java.util.Locale.ROOT));
            } else if (call.call().startsWith("setres") || call.call().equals("setgroups")) {
                identity.add(call);
            }
        }
        CallResult execute = child.stream()
                .filter(call -> call.call().equals("execveat"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the plan of " + id + " ends in no exec"));
        return ScriptFrame.execute(
                last(identity, "setresuid"),
                last(identity, "setresgid"),
                groupList(identity),
                String.join(",", dropped),
                directory(),
                ShellWord.texts(execute, 3),
                ShellWord.texts(execute, 2)
                        .subList(1, ShellWord.texts(execute, 2).size()));
    }

    private static String last(List<CallResult> calls, String name) {
        return calls.stream()
                .filter(call -> call.call().equals(name))
                .reduce((a, b) -> b)
                .map(call -> call.arguments().getFirst())
                .orElse("0");
    }

    private static String groupList(List<CallResult> calls) {
        String list = calls.stream()
                .filter(call -> call.call().equals("setgroups"))
                .reduce((a, b) -> b)
                .map(call -> call.arguments().get(1))
                .orElse("[]");
        return list.replaceAll("[\\[\\] ]", "");
    }

    /** The working directory: the last that the child enters. */
    private String directory() {
        return child.stream()
                .filter(call -> call.call().equals("chdir") || call.call().equals("fchdir"))
                .reduce((a, b) -> b)
                .map(call -> call.call().equals("chdir") ? text(call, 0) : object(call, 0))
                .orElse("/");
    }
}
