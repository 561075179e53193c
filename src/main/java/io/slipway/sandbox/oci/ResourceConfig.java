package io.slipway.sandbox.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code linux.resources}, as what is written to version 1 and to version 2 of control groups (config-linux.md, "Control groups"; for the
 * translation to version 2 crun(1), "CGROUP v2").
 *
 * @param devices rules in order, after which the default devices are allowed
 * @param memoryChecked the limit of memory in bytes, if no update may set it below what is in use ({@code checkBeforeUpdate})
 */
record ResourceConfig(List<Setting> settings, List<DeviceRule> devices, OptionalLong memoryChecked) {
    static final ResourceConfig NONE = new ResourceConfig(List.of(), List.of(), OptionalLong.empty());

    /** What limits memory, of either version. */
    Optional<Setting> memoryLimit() {
        return settings.stream()
                .filter(one -> one.source().equals("linux.resources.memory.limit")
                        || one.source().contains("\"memory.max\""))
                .findFirst();
    }

    /** {@code type} a, b or c; {@code numbers} as {@code 1:3} or {@code *:*}. */
    record DeviceRule(boolean allow, char type, String numbers, String access) {
        /** As the files of version 1 take it, which know 'all types' only for all devices and access. */
        List<String> lines() {
            if (type != 'a') {
                return List.of(type + " " + numbers + " " + access);
            }
            return numbers.equals("*:*") && access.length() == 3
                    ? List.of("a")
                    : List.of("b " + numbers + " " + access, "c " + numbers + " " + access);
        }
    }

    static ResourceConfig parse(Node node) throws ConfigException {
        return node.present() ? new Reader(node).read() : NONE;
    }

    private static final class Reader {
        private static final long MAX = Long.MAX_VALUE;
        private final Node node;
        private final List<Setting> settings = new ArrayList<>();

        Reader(Node node) {
            this.node = node;
        }

        ResourceConfig read() throws ConfigException {
            new MemoryResources(this::one, this::two).read(node.at("memory"));
            cpu(node.at("cpu"));
            pids(node.at("pids"));
            new BlockResources(this::one, this::two).read(node.at("blockIO"));
            for (Node limit : node.at("hugepageLimits").list()) {
                hugetlb(limit);
            }
            network(node.at("network"));
            rdma(node.at("rdma"));
            for (Map.Entry<String, Node> entry : node.at("unified").entries().entrySet()) {
                unified(entry.getKey(), entry.getValue());
            }
            return new ResourceConfig(
                    List.copyOf(settings), devices(node.at("devices")), MemoryResources.checked(node.at("memory")));
        }

        private void one(String controller, String files, String value, String source) {
            settings.add(new Setting(false, controller, List.of(files.split("\\|")), value, source));
        }

        private void two(String controller, String files, String value, String source) {
            settings.add(new Setting(true, controller, List.of(files.split("\\|")), value, source));
        }

        private void number(Node from, String controller, String first, String second, long min, long max)
                throws ConfigException {
            if (from.present()) {
                String value = Long.toString(from.integer(min, max));
                one(controller, first, value, from.path());
                if (!second.isEmpty()) {
                    two(controller, second, value, from.path());
                }
            }
        }

        private void cpu(Node cpu) throws ConfigException {
            if (!cpu.present()) {
                return;
            }
            Node shares = cpu.at("shares");
            if (shares.present() && shares.integer(0, MAX) > 0) {
                long value = shares.integer(0, MAX);
                one("cpu", "cpu.shares", Long.toString(value), shares.path());
                long bounded = Math.clamp(value, 2, 262_144);
                two("cpu", "cpu.weight", Long.toString(1 + (bounded - 2) * 9999 / 262_142), shares.path());
            }
            bandwidth(cpu);
            number(cpu.at("realtimePeriod"), "cpu", "cpu.rt_period_us", "", 0, MAX);
            number(cpu.at("realtimeRuntime"), "cpu", "cpu.rt_runtime_us", "", -1, MAX);
            number(cpu.at("idle"), "cpu", "cpu.idle", "cpu.idle", 0, 1);
            for (String name : List.of("cpus", "mems")) {
                Node list = cpu.at(name);
                if (!list.optionalText().orElse("").isEmpty()) {
                    if (!list.text().matches("[0-9,\\- \\n]+")) {
                        throw list.wrong("write a list as \"0-3,7\" (cpuset(7), \"List format\")");
                    }
                    one("cpuset", "cpuset." + name, list.text(), list.path());
                    two("cpuset", "cpuset." + name, list.text(), list.path());
                }
            }
        }

        private void bandwidth(Node cpu) throws ConfigException {
            Node quota = cpu.at("quota");
            Node period = cpu.at("period");
            // The kernel checks the one against the other, so the period goes first.
            number(period, "cpu", "cpu.cfs_period_us", "", 0, MAX);
            number(quota, "cpu", "cpu.cfs_quota_us", "", Long.MIN_VALUE, MAX);
            if (quota.present() || period.present()) {
                long most = quota.present() ? quota.integer(Long.MIN_VALUE, MAX) : -1;
                String text = (most > 0 ? Long.toString(most) : "max")
                        + (period.present() ? " " + period.integer(0, MAX) : "");
                two("cpu", "cpu.max", text, (quota.present() ? quota : period).path());
            }
            number(cpu.at("burst"), "cpu", "cpu.cfs_burst_us", "cpu.max.burst", 0, MAX);
        }

        private void pids(Node pids) throws ConfigException {
            if (!pids.present()) {
                return;
            }
            Node limit = pids.at("limit");
            long most = limit.integer(-1, MAX);
            String value = most > 0 ? Long.toString(most) : "max";
            one("pids", "pids.max", value, limit.path());
            two("pids", "pids.max", value, limit.path());
        }

        private void hugetlb(Node limit) throws ConfigException {
            String size = limit.at("pageSize").text();
            if (!size.matches("[1-9][0-9]*[KMG]B")) {
                throw limit.at("pageSize").wrong("write a size as 64KB, 2MB or 1GB");
            }
            String bytes = Long.toUnsignedString(limit.at("limit").unsigned());
            String first = "hugetlb." + size + ".limit_in_bytes";
            String second = "hugetlb." + size + ".max";
            one("hugetlb", first, bytes, limit.path());
            two("hugetlb", second, bytes, limit.path());
            // What is reserved too, where the kernel counts it: else mmap(2) succeeds, and the first use of a page
            // beyond kills.
            one("hugetlb", reserved(first) + "|" + first, bytes, limit.path());
            two("hugetlb", reserved(second) + "|" + second, bytes, limit.path());
        }

        private static String reserved(String file) {
            int end = file.lastIndexOf('.');
            return file.substring(0, end) + ".rsvd" + file.substring(end);
        }

        private void network(Node network) throws ConfigException {
            if (!network.present()) {
                return;
            }
            number(network.at("classID"), "net_cls", "net_cls.classid", "", 0, 0xffffffffL);
            for (Node one : network.at("priorities").list()) {
                String line = one.at("name").text() + " " + one.at("priority").integer(0, 0xffffffffL);
                one("net_prio", "net_prio.ifpriomap", line, one.path());
            }
        }

        private void rdma(Node rdma) throws ConfigException {
            for (Map.Entry<String, Node> device : rdma.entries().entrySet()) {
                StringBuilder line = new StringBuilder(device.getKey());
                for (String[] pair : new String[][] {{"hcaHandles", "hca_handle"}, {"hcaObjects", "hca_object"}}) {
                    Node limit = device.getValue().at(pair[0]);
                    if (limit.present()) {
                        line.append(' ').append(pair[1]).append('=').append(limit.integer(0, 0xffffffffL));
                    }
                }
                one("rdma", "rdma.max", line.toString(), device.getValue().path());
                two("rdma", "rdma.max", line.toString(), device.getValue().path());
            }
        }

        private void unified(String file, Node value) throws ConfigException {
            if (!file.matches("[a-z0-9_]+(\\.[A-Za-z0-9_]+)+")) {
                throw value.wrong("name a file of a version 2 control group, as memory.high");
            }
            two(file.substring(0, file.indexOf('.')), file, value.text(), value.path());
        }

        private static List<DeviceRule> devices(Node node) throws ConfigException {
            List<DeviceRule> rules = new ArrayList<>();
            for (Node one : node.list()) {
                String type = one.at("type")
                        .optionalText()
                        .filter(text -> !text.isEmpty())
                        .orElse("a");
                if (!type.matches("[abc]")) {
                    throw one.at("type").wrong("write a, b or c");
                }
                String access = one.at("access")
                        .optionalText()
                        .filter(text -> !text.isEmpty())
                        .orElse("rwm");
                if (!access.matches("[rwm]{1,3}")) {
                    throw one.at("access").wrong("write letters of rwm");
                }
                String numbers = half(one.at("major")) + ":" + half(one.at("minor"));
                rules.add(new DeviceRule(one.at("allow").flag(), type.charAt(0), numbers, access));
            }
            return List.copyOf(rules);
        }

        private static String half(Node node) throws ConfigException {
            long number = node.optionalInteger(-1, 0xffffffffL).orElse(-1);
            return number < 0 ? "*" : Long.toString(number);
        }
    }
}
