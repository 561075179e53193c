package io.slipway.sandbox;

import io.slipway.linux.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which namespaces of a process are not ours, by what /proc tells of both (namespaces(7)).
 *
 * @param flags to be given to setns(2), without that of the pid namespace, which only children are born into
 */
record ContainerNamespaces(long flags, List<String> names) {
    private static final Map<String, Long> FILES = files();

    private static Map<String, Long> files() {
        Map<String, Long> files = new LinkedHashMap<>();
        files.put("user", Spawn.NEWUSER);
        files.put("mnt", Spawn.NEWNS);
        files.put("net", Spawn.NEWNET);
        files.put("uts", Spawn.NEWUTS);
        files.put("ipc", Spawn.NEWIPC);
        files.put("cgroup", Spawn.NEWCGROUP);
        files.put("time", Spawn.NEWTIME);
        return files;
    }

    static ContainerNamespaces of(int pid) throws IOException {
        long flags = 0;
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, Long> file : FILES.entrySet()) {
            Path ours = Path.of("/proc/self/ns/" + file.getKey());
            Path its = Path.of("/proc/" + pid + "/ns/" + file.getKey());
            if (Files.exists(ours) && !Files.readSymbolicLink(ours).equals(Files.readSymbolicLink(its))) {
                flags |= file.getValue();
                names.add("CLONE_NEW" + name(file.getKey()));
            }
        }
        return new ContainerNamespaces(flags, names);
    }

    private static String name(String file) {
        return file.equals("mnt") ? "NS" : file.toUpperCase(java.util.Locale.ROOT);
    }
}
