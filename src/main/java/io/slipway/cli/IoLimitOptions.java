package io.slipway.cli;

import io.slipway.sandbox.cgroup.IoLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Limits of a container's disks. */
final class IoLimitOptions {
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,7}):([0-9]{1,7})");

    @Option(
            names = "--io-weight",
            paramLabel = "WEIGHT",
            description = "Share when a disk is busy, 1 to 10000. Default: 100.")
    private @Nullable Integer weight;

    @Option(
            names = "--io-read-bytes",
            paramLabel = "DISK=SIZE",
            description = "Read at most so much per second, as /dev/sda=10MiB or 8:0=10MiB.")
    private Map<String, String> readBytes = new HashMap<>();

    @Option(names = "--io-write-bytes", paramLabel = "DISK=SIZE", description = "Written.")
    private Map<String, String> writeBytes = new HashMap<>();

    @Option(names = "--io-read-ops", paramLabel = "DISK=COUNT", description = "Reads per second, as /dev/sda=100.")
    private Map<String, Long> readOps = new HashMap<>();

    @Option(names = "--io-write-ops", paramLabel = "DISK=COUNT", description = "Writes per second.")
    private Map<String, Long> writeOps = new HashMap<>();

    /** What is given here, in place of what was. */
    IoLimits over(IoLimits before) {
        IoLimits after = weight == null ? before : before.withWeight(OptionalInt.of(weight));
        TreeSet<String> disks = new TreeSet<>();
        List.of(readBytes, writeBytes, readOps, writeOps).forEach(given -> disks.addAll(given.keySet()));
        Map<String, IoLimits.Device> devices = new HashMap<>();
        after.devices().forEach(device -> devices.put(device.number(), device));
        for (String disk : disks) {
            IoLimits.Device device = device(disk, devices);
            devices.put(device.number(), device);
        }
        return after.withDevices(new ArrayList<>(devices.values()));
    }

    private IoLimits.Device device(String disk, Map<String, IoLimits.Device> known) {
        String number = number(disk);
        Matcher part = NUMBER.matcher(number);
        if (!part.matches()) {
            throw new IllegalArgumentException("'" + number + "' is no device number");
        }
        Optional<IoLimits.Device> before = Optional.ofNullable(known.get(number));
        return new IoLimits.Device(
                Integer.parseInt(part.group(1)),
                Integer.parseInt(part.group(2)),
                size("--io-read-bytes ", disk, readBytes, before.map(IoLimits.Device::readBytes)),
                size("--io-write-bytes ", disk, writeBytes, before.map(IoLimits.Device::writeBytes)),
                count(readOps.get(disk), before.map(IoLimits.Device::readOps)),
                count(writeOps.get(disk), before.map(IoLimits.Device::writeOps)));
    }

    private static OptionalLong size(
            String option, String disk, Map<String, String> given, Optional<OptionalLong> before) {
        String text = given.get(disk);
        return text == null
                ? before.orElse(OptionalLong.empty())
                : OptionalLong.of(ByteSize.parse(option + disk + "=", text));
    }

    private static OptionalLong count(@Nullable Long given, Optional<OptionalLong> before) {
        return given == null ? before.orElse(OptionalLong.empty()) : OptionalLong.of(given);
    }

    /** As {@code 254:0}, of that or of the path of a device file. */
    private static String number(String disk) {
        if (NUMBER.matcher(disk).matches()) {
            return disk;
        }
        try {
            if (Files.getAttribute(Path.of(disk), "unix:rdev") instanceof Number device && device.longValue() != 0) {
                long bits = device.longValue();
                // makedev(3)
                long major = bits >> 8 & 0xfff | bits >> 32 & ~0xfffL;
                long minor = bits & 0xff | bits >> 12 & ~0xffL;
                return major + ":" + minor;
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("there is no disk " + disk + "; 'lsblk' shows those that there are", e);
        }
        throw new IllegalArgumentException(disk + " is no disk; 'lsblk' shows those that there are");
    }
}
