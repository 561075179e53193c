package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Documentation/admin-guide/cgroup-v1/blkio-controller.rst; weights are BFQ's (Documentation/block/bfq-iosched.rst). */
final class BlkioV1 implements Controller {
    /** The rates' files, by what they bound. */
    private enum Rate {
        READ_BYTES("blkio.throttle.read_bps_device", IoLimits.Device::readBytes),
        WRITE_BYTES("blkio.throttle.write_bps_device", IoLimits.Device::writeBytes),
        READ_OPS("blkio.throttle.read_iops_device", IoLimits.Device::readOps),
        WRITE_OPS("blkio.throttle.write_iops_device", IoLimits.Device::writeOps);

        private final String file;
        private final Function<IoLimits.Device, OptionalLong> value;

        Rate(String file, Function<IoLimits.Device, OptionalLong> value) {
            this.file = file;
            this.value = value;
        }

        /** 0 when not limited, which is also how the kernel is told. */
        long of(IoLimits limits, String device) {
            return limits.devices().stream()
                    .filter(d -> d.number().equals(device))
                    .mapToLong(d -> value.apply(d).orElse(0))
                    .sum();
        }
    }

    private static final int DEFAULT_WEIGHT = 100;
    private static final int WEIGHT_MIN = 1;
    private static final int WEIGHT_MAX = 1_000;

    @Override
    public String name() {
        return "io";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        if (!from.io().weight().equals(to.io().weight())) {
            settings.add(Setting.of("blkio.bfq.weight", weight(to.io().weight())));
        }
        Set<String> devices = new HashSet<>();
        from.io().devices().forEach(device -> devices.add(device.number()));
        to.io().devices().forEach(device -> devices.add(device.number()));
        for (String device : devices.stream().sorted().toList()) {
            for (Rate rate : Rate.values()) {
                long value = rate.of(to.io(), device);
                if (value != rate.of(from.io(), device)) {
                    settings.add(new Setting(rate.file, device + " " + value));
                }
            }
        }
        return settings;
    }

    /** Both versions have 100 in the middle; above, BFQ goes up to 1,000 only. */
    static int weight(OptionalInt wanted) {
        return Math.clamp(wanted.orElse(DEFAULT_WEIGHT), WEIGHT_MIN, WEIGHT_MAX);
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        long[] bytes = sums(group.read("blkio.throttle.io_service_bytes_recursive"));
        long[] operations = sums(group.read("blkio.throttle.io_serviced_recursive"));
        account.io = new Stats.Io(bytes[0], bytes[1], operations[0], operations[1]);
    }

    /** Lines are {@code 254:0 Read 4096}; read and written, over all devices. */
    private static long[] sums(String text) {
        long[] sums = new long[2];
        for (String line : text.split("\n")) {
            String[] word = line.split(" ");
            if (word.length == 3 && word[1].equals("Read")) {
                sums[0] += Long.parseLong(word[2]);
            } else if (word.length == 3 && word[1].equals("Write")) {
                sums[1] += Long.parseLong(word[2]);
            }
        }
        return sums;
    }
}
