package io.slipway.sandbox.oci;

import io.slipway.linux.Syscalls;
import io.slipway.sandbox.cgroup.DeviceGate;
import io.slipway.sandbox.cgroup.DeviceRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Which device files a group's processes may open: none, then what the bundle says in turn, then those that every container has. */
record DeviceLimits(Hierarchies hierarchies) {
    /** Any node may be made, as archives hold them, but not opened; runc's and crun's list. */
    private static final List<ResourceConfig.DeviceRule> DEFAULT = defaults();

    private static List<ResourceConfig.DeviceRule> defaults() {
        List<ResourceConfig.DeviceRule> rules = new ArrayList<>();
        rules.add(new ResourceConfig.DeviceRule(true, 'c', "*:*", "m"));
        rules.add(new ResourceConfig.DeviceRule(true, 'b', "*:*", "m"));
        // null, zero, full, random, urandom; tty, console, ptmx; pts
        for (String numbers : List.of("1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:1", "5:2", "136:*")) {
            rules.add(new ResourceConfig.DeviceRule(true, 'c', numbers, "rwm"));
        }
        return List.copyOf(rules);
    }

    /** @param in the group's directory within a hierarchy */
    void set(List<ResourceConfig.DeviceRule> rules, UnaryOperator<Path> in) throws IOException {
        List<ResourceConfig.DeviceRule> all = new ArrayList<>(rules);
        all.addAll(DEFAULT);
        Path root = hierarchies.first().get("devices");
        if (root != null) {
            first(in.apply(root), all);
        } else if (hierarchies.unified().isPresent()) {
            List<DeviceRule> gate = new ArrayList<>(List.of(DeviceRule.deny("a")));
            for (ResourceConfig.DeviceRule rule : all) {
                rule.lines().forEach(line -> gate.add(rule.allow() ? DeviceRule.allow(line) : DeviceRule.deny(line)));
            }
            new DeviceGate().guard(in.apply(hierarchies.unified().get()), gate);
        }
    }

    private static void first(Path group, List<ResourceConfig.DeviceRule> rules) throws IOException {
        Syscalls.writeFile(group.resolve("devices.deny"), "a");
        for (ResourceConfig.DeviceRule rule : rules) {
            for (String line : rule.lines()) {
                Syscalls.writeFile(group.resolve(rule.allow() ? "devices.allow" : "devices.deny"), line);
            }
        }
    }
}
