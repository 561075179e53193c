package io.slipway.sandbox.oci;

/** {@code linux.resources.blockIO}. */
final class BlockResources {
    private static final String[][] THROTTLES = {
        {"throttleReadBpsDevice", "read_bps", "rbps"},
        {"throttleWriteBpsDevice", "write_bps", "wbps"},
        {"throttleReadIOPSDevice", "read_iops", "riops"},
        {"throttleWriteIOPSDevice", "write_iops", "wiops"}
    };
    private final MemoryResources.Sink first;
    private final MemoryResources.Sink second;

    BlockResources(MemoryResources.Sink first, MemoryResources.Sink second) {
        this.first = first;
        this.second = second;
    }

    void read(Node block) throws ConfigException {
        if (!block.present()) {
            return;
        }
        weight(block.at("weight"), "blkio.weight|blkio.bfq.weight", "");
        weight(block.at("leafWeight"), "blkio.leaf_weight", "");
        for (Node device : block.at("weightDevice").list()) {
            weight(device.at("weight"), "blkio.weight_device|blkio.bfq.weight_device", numbers(device) + " ");
            weight(device.at("leafWeight"), "blkio.leaf_weight_device", numbers(device) + " ");
        }
        for (String[] throttle : THROTTLES) {
            for (Node device : block.at(throttle[0]).list()) {
                String rate = Long.toUnsignedString(device.at("rate").unsigned());
                String file = "blkio.throttle." + throttle[1] + "_device";
                first.add("blkio", file, numbers(device) + " " + rate, device.path());
                second.add("io", "io.max", numbers(device) + " " + throttle[2] + "=" + rate, device.path());
            }
        }
    }

    private void weight(Node weight, String files, String prefix) throws ConfigException {
        if (!weight.present() || weight.integer(0, 1000) == 0) {
            return;
        }
        long value = weight.integer(10, 1000);
        first.add("blkio", files, prefix + value, weight.path());
        if (!files.contains("leaf")) {
            second.add("io", "io.bfq.weight", prefix + value, weight.path());
        }
    }

    private static String numbers(Node device) throws ConfigException {
        return device.at("major").integer(0, 0xfffL) + ":" + device.at("minor").integer(0, 0xfffffL);
    }
}
