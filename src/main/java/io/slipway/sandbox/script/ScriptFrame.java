package io.slipway.sandbox.script;

import static io.slipway.sandbox.script.ShellWord.quoted;

import java.util.ArrayList;
import java.util.List;

/** What every script has around the lines of one container. */
final class ScriptFrame {
    private ScriptFrame() {}

    static List<String> head(String id) {
        return """
                #!/bin/sh
                # A container with the tools of util-linux, iproute2 and coreutils, about as Slipway makes it with system calls.
                # The call that Slipway makes stands behind each line. To be run as root; it removes what it made when it ends.
                #
                # What these tools cannot do, and Slipway does:
                #   a pid 1 of its own, which collects orphans and writes down how the application ended: here it is pid 1 itself;
                #   a new session keyring (keyctl join), signal dispositions, the seccomp filter; closing of all other descriptors;
                #   paths resolved beneath the root by the kernel: here a link in the image is followed;
                #   ids of each container's own, with the layers mapped to them: here the ids are those of the layers on disk.
                set -eu
                nl='
                '
                id=%s
                group="slipway-$id-$$"
                groups=
                bridge=
                made_bridge=
                base=$(mktemp -d "${TMPDIR:-/tmp}/slipway-$id.XXXXXX")
                # Its root must be able to pass through, and nobody to look.
                chmod 711 "$base"
                cleanup() {
                  for g in $groups; do
                    for n in 1 2 3 4 5 6 7 8 9 10; do rmdir "$g" 2>/dev/null && break; sleep 0.1; done
                  done
                  # Its ports go with the network namespaces of its containers, a moment after them.
                  if [ -n "$made_bridge" ]; then
                    for n in 1 2 3 4 5 6 7 8 9 10; do [ -n "$(ls "/sys/class/net/$made_bridge/brif")" ] || break; sleep 0.1; done
                    [ -n "$(ls "/sys/class/net/$made_bridge/brif")" ] || ip link delete "$made_bridge"
                  fi
                  rm -rf "$base"
                }
                trap cleanup EXIT
                trap 'exit 130' INT
                trap 'exit 143' TERM
                """.formatted(quoted(id)).lines().toList();
    }

    /** A part that runs elsewhere, kept in a variable. */
    static List<String> stage(String name, List<String> part) {
        List<String> lines = new ArrayList<>(
                List.of("", name + "=$(cat <<'END_OF_" + name.toUpperCase(java.util.Locale.ROOT) + "'", "set -eu"));
        lines.addAll(part);
        lines.add("END_OF_" + name.toUpperCase(java.util.Locale.ROOT));
        lines.add(")");
        return lines;
    }

    static List<String> start() {
        return """

                # ---- The mounts from here on are this script's own, and go with its last process.
                export nl id base group groups bridge inside
                code=0
                unshare --mount --propagation private sh -c "$outside" || code=$?
                exit $code
                """.lines().toList();
    }

    /**
     * Starts the inside part in a user namespace with this map.
     *
     * @param pair what joins the network namespace of process {@code $net} to a bridge; empty if it is not joined to one
     */
    static List<String> mapped(String map, String namespaces, List<String> pair) {
        List<String> lines = new ArrayList<>("""

                # ---- namespaces: first the user namespace, held by a process that does nothing, while its ids are mapped from outside.
                # clone3({flags=...|CLONE_NEWUSER}); without a map its root would be nobody, and could do nothing.
                unshare --user sleep 3600 < /dev/null > /dev/null 2>&1 &
                holder=$!
                trap 'kill $holder 2>/dev/null' EXIT
                until [ "$(readlink /proc/$holder/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.02; done
                echo '%1$s' > /proc/$holder/uid_map
                echo '%1$s' > /proc/$holder/gid_map
                """.formatted(map).lines().toList());
        if (!pair.isEmpty()) {
            lines.addAll(held("nsenter --user=/proc/$holder/ns/user -- unshare --net", "$holder $net", pair));
        }
        lines.addAll("""
                mkdir "$base/fs" "$base/stage"
                chown %1$s:%1$s "$base/fs" "$base/stage"
                cd "$base/fs"
                # The other namespaces belong to it: clone3({flags=CLONE_NEWNS|...}), and CLONE_NEWCGROUP, once the groups are joined.
                # Joining a group by '0' means: whoever writes it. What it executes and starts is in the same groups.
                code=0
                (
                  for g in $groups; do echo 0 > "$g/cgroup.procs"; done
                  exec nsenter --user=/proc/$holder/ns/user%2$s -- unshare %3$s --propagation private sh -c "$inside"
                ) || code=$?
                exit $code
                """.formatted(map.split(" ")[1], pair.isEmpty() ? "" : " --net=/proc/$net/ns/net", namespaces)
                .lines()
                .toList());
        return lines;
    }

    /** @param pair as for {@link #mapped} */
    static List<String> unmapped(String namespaces, List<String> pair) {
        List<String> lines = new ArrayList<>("""

                # ---- namespaces, without a user namespace: its root is the host's, with fewer rights.
                mkdir "$base/fs" "$base/stage"
                cd "$base/fs"
                """.lines().toList());
        if (pair.isEmpty()) {
            lines.addAll("""
                    for g in $groups; do echo 0 > "$g/cgroup.procs"; done
                    exec unshare %s --propagation private sh -c "$inside"
                    """.formatted(namespaces).lines().toList());
            return lines;
        }
        lines.addAll(held("unshare --net", "$net", pair));
        lines.addAll("""
                code=0
                (
                  for g in $groups; do echo 0 > "$g/cgroup.procs"; done
                  exec nsenter --net=/proc/$net/ns/net -- unshare %s --propagation private sh -c "$inside"
                ) || code=$?
                exit $code
                """.formatted(namespaces).lines().toList());
        return lines;
    }

    /** A network namespace with its devices, held by a process that does nothing. */
    private static List<String> held(String make, String holders, List<String> pair) {
        List<String> lines =
                new ArrayList<>("""
                # The network namespace, held in the same way, and joined to the bridge from outside.
                %s sleep 3600 < /dev/null > /dev/null 2>&1 &
                net=$!
                trap 'kill %s 2>/dev/null' EXIT
                until [ "$(readlink /proc/$net/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do kill -0 $net; sleep 0.02; done
                """.formatted(make, holders).lines().toList());
        lines.addAll(pair);
        return lines;
    }

    /** Before the container's own lines. */
    static List<String> inside() {
        return """
                stage=$base/stage
                root=$stage/root
                """.lines().toList();
    }

    /** Takes along what is needed after the last tool of the host's is out of reach. */
    static List<String> leave() {
        return """

                # ---- root: into it. After pivot_root the host's tools are gone, so four are taken along with their libraries,
                # in memory, over /sys; at the end they are only in the working directory of the process that becomes the application.
                tools=$root/sys
                mount -t tmpfs -o nosuid,nodev,mode=755 tools "$tools"
                mkdir "$tools/old"
                for tool in umount setpriv env; do
                  cp -L "$(command -v $tool)" "$tools/$tool"
                  ldd "$(command -v $tool)" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do cp -L "$library" "$tools/"; done
                done
                loader=$(cd "$tools" && ls | grep -m 1 '^ld-' || true)
                tool() { if [ -n "$loader" ]; then "./$loader" --library-path . "./$@"; else "./$@"; fi; }
                cd "$root"
                pivot_root . sys/old  # pivot_root(".", ".")
                cd /sys
                tool umount -l /sys/old  # umount2(".", MNT_DETACH)
                tool umount -l /sys
                """.lines().toList();
    }

    static List<String> execute(
            String uid,
            String gid,
            String groups,
            String dropped,
            String directory,
            List<String> environment,
            List<String> argv) {
        List<String> lines = new ArrayList<>(
                List.of(
                        "",
                        "# ---- privileges: what even its root may not do; then the application, with an environment of its own",
                        "# prctl(PR_CAPBSET_DROP, ...), prctl(PR_SET_NO_NEW_PRIVS, 1), setgroups, setresgid, setresuid, capset, execveat"));
        StringBuilder run =
                new StringBuilder("set -- env -i -C ").append(quoted(directory)).append(" --");
        environment.forEach(entry -> run.append(' ').append(quoted(entry)));
        argv.forEach(word -> run.append(' ').append(quoted(word)));
        lines.add(run.toString());
        lines.add("if [ -n \"$loader\" ]; then set -- \"./$loader\" --library-path . \"./$@\"; fi");
        StringBuilder drop =
                new StringBuilder("set -- setpriv --no-new-privs --reuid " + uid + " --regid " + gid + " ");
        drop.append(groups.isEmpty() ? "--clear-groups" : "--groups " + groups);
        drop.append(" --inh-caps=-all");
        drop.append(dropped.isEmpty() ? "" : " --bounding-set=" + dropped);
        lines.add(drop + " \"$@\"");
        lines.add("if [ -n \"$loader\" ]; then exec \"./$loader\" --library-path . \"./$@\"; else exec \"./$@\"; fi");
        return lines;
    }
}
