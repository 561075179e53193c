package io.slipway.sandbox.cgroup;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Bounds and share of disk input and output.
 *
 * @param weight share when a device is busy: 1 to 10,000; the kernel's default is 100. Version 1 and its scheduler BFQ take 10 to 1,000
 * @param devices at most one per device
 */
public record IoLimits(OptionalInt weight, List<Device> devices) {
    public static final IoLimits NONE = new IoLimits(OptionalInt.empty(), List.of());
    private static final int WEIGHT_MAX = 10_000;

    public IoLimits {
        CpuLimits.within("io-weight", weight, 1, WEIGHT_MAX);
        devices = List.copyOf(devices);
        if (devices.stream().map(Device::number).distinct().count() < devices.size()) {
            throw new IllegalArgumentException("io limits name one device twice: "
                    + devices.stream().map(Device::number).toList() + "; put all limits of a device into one");
        }
    }

    /**
     * Of one block device: whole disks, not partitions (Documentation/admin-guide/cgroup-v2.rst, io.max).
     *
     * @param readBytes per second
     * @param readOps operations per second
     */
    public record Device(
            int major,
            int minor,
            OptionalLong readBytes,
            OptionalLong writeBytes,
            OptionalLong readOps,
            OptionalLong writeOps) {
        public Device {
            if (major < 0 || minor < 0) {
                throw new IllegalArgumentException("io device " + major + ":" + minor + " is no device number");
            }
            for (OptionalLong rate : List.of(readBytes, writeBytes, readOps, writeOps)) {
                if (rate.isPresent() && rate.getAsLong() < 1) {
                    throw new IllegalArgumentException("io limit " + rate.getAsLong() + " of device " + major + ":"
                            + minor + " is not positive, and nothing would ever be read or written; leave it out");
                }
            }
        }

        /** E.g. {@code 254:0}. */
        public String number() {
            return major + ":" + minor;
        }
    }

    public IoLimits withWeight(OptionalInt other) {
        return new IoLimits(other, devices);
    }

    public IoLimits withDevices(List<Device> other) {
        return new IoLimits(weight, other);
    }

    String text() {
        String share = weight.isPresent() ? "io-weight " + weight.getAsInt() : "";
        String rates = devices.isEmpty()
                ? ""
                : " io limits of devices "
                        + devices.stream().map(Device::number).toList();
        return (share + rates).strip();
    }
}
