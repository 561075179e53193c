package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;

/** What differs between two sets of limits, by the names of the command line, e.g. {@code memory 64 MiB -> max, pids max -> 9}. */
public record LimitsChange(Limits before, Limits after) {
    private static final String UNLIMITED = "max";

    /** Empty if nothing does. */
    public String text() {
        Map<String, String> was = words(before);
        Map<String, String> is = words(after);
        List<String> names = new ArrayList<>(was.keySet());
        is.keySet().stream().filter(name -> !was.containsKey(name)).forEach(names::add);
        List<String> changes = new ArrayList<>();
        for (String name : names) {
            String from = was.getOrDefault(name, UNLIMITED);
            String to = is.getOrDefault(name, UNLIMITED);
            if (!from.equals(to)) {
                changes.add(name + " " + from + " -> " + to);
            }
        }
        return String.join(", ", changes);
    }

    private static Map<String, String> words(Limits limits) {
        Map<String, String> words = new LinkedHashMap<>();
        bytes(words, "memory", limits.memory().maxBytes());
        bytes(words, "memory-high", limits.memory().highBytes());
        bytes(words, "memory-swap", limits.memory().swapBytes());
        limits.cpu().cores().ifPresent(cores -> words.put("cpu", Double.toString(cores)));
        limits.cpu().periodMicros().ifPresent(micros -> words.put("cpu-period", micros + " us"));
        limits.cpu().weight().ifPresent(weight -> words.put("cpu-weight", Integer.toString(weight)));
        limits.cpu().shares().ifPresent(shares -> words.put("cpu-shares", Integer.toString(shares)));
        text(words, "cpuset-cpus", limits.cpuset().cpus());
        text(words, "cpuset-mems", limits.cpuset().mems());
        limits.pids().ifPresent(count -> words.put("pids", Integer.toString(count)));
        limits.io().weight().ifPresent(weight -> words.put("io-weight", Integer.toString(weight)));
        limits.io().devices().forEach(device -> device(words, device));
        for (String size : new TreeSet<>(limits.hugetlbBytes().keySet())) {
            bytes(
                    words,
                    "hugetlb " + size,
                    OptionalLong.of(limits.hugetlbBytes().getOrDefault(size, 0L)));
        }
        text(
                words,
                "device-rule",
                String.join(
                        "; ",
                        limits.devices().stream().map(DeviceRule::toString).toList()));
        return words;
    }

    private static void device(Map<String, String> words, IoLimits.Device device) {
        device.readBytes().ifPresent(rate -> words.put("io-read-bytes " + device.number(), rate + "/s"));
        device.writeBytes().ifPresent(rate -> words.put("io-write-bytes " + device.number(), rate + "/s"));
        device.readOps().ifPresent(rate -> words.put("io-read-ops " + device.number(), rate + "/s"));
        device.writeOps().ifPresent(rate -> words.put("io-write-ops " + device.number(), rate + "/s"));
    }

    private static void bytes(Map<String, String> words, String name, OptionalLong bytes) {
        bytes.ifPresent(count -> words.put(name, MemoryLimits.size(count)));
    }

    private static void text(Map<String, String> words, String name, String text) {
        if (!text.isEmpty()) {
            words.put(name, text);
        }
    }
}
