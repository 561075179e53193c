package io.slipway.cli;

import io.slipway.sandbox.cgroup.DeviceRule;
import io.slipway.sandbox.cgroup.IoLimits;
import io.slipway.sandbox.cgroup.Limits;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Limits as the command line shows them; what is not limited is left out. */
final class LimitsView {
    private LimitsView() {}

    static ObjectNode json(Limits limits) {
        ObjectNode node = ApiClient.JSON.createObjectNode();
        limits.memory().maxBytes().ifPresent(bytes -> node.put("memoryBytes", bytes));
        limits.memory().highBytes().ifPresent(bytes -> node.put("memoryHighBytes", bytes));
        limits.memory().swapBytes().ifPresent(bytes -> node.put("memorySwapBytes", bytes));
        limits.cpu().cores().ifPresent(cores -> node.put("cpu", cores));
        limits.cpu().weight().ifPresent(weight -> node.put("cpuWeight", weight));
        limits.cpu().shares().ifPresent(shares -> node.put("cpuShares", shares));
        putText(node, "cpusetCpus", limits.cpuset().cpus());
        putText(node, "cpusetMems", limits.cpuset().mems());
        limits.pids().ifPresent(count -> node.put("pids", count));
        limits.io().weight().ifPresent(weight -> node.put("ioWeight", weight));
        if (!limits.io().devices().isEmpty()) {
            ArrayNode disks = node.putArray("ioDevices");
            limits.io().devices().forEach(device -> disks.add(json(device)));
        }
        if (!limits.hugetlbBytes().isEmpty()) {
            ObjectNode pages = node.putObject("hugetlbBytes");
            limits.hugetlbBytes().forEach(pages::put);
        }
        if (!limits.devices().isEmpty()) {
            ArrayNode rules = node.putArray("devices");
            limits.devices().stream().map(DeviceRule::toString).forEach(rules::add);
        }
        return node;
    }

    private static ObjectNode json(IoLimits.Device device) {
        ObjectNode node = ApiClient.JSON.createObjectNode().put("device", device.number());
        device.readBytes().ifPresent(rate -> node.put("readBytesPerSecond", rate));
        device.writeBytes().ifPresent(rate -> node.put("writeBytesPerSecond", rate));
        device.readOps().ifPresent(rate -> node.put("readsPerSecond", rate));
        device.writeOps().ifPresent(rate -> node.put("writesPerSecond", rate));
        return node;
    }

    private static void putText(ObjectNode node, String key, String text) {
        if (!text.isEmpty()) {
            node.put(key, text);
        }
    }
}
