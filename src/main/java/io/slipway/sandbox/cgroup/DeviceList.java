package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;

/**
 * What a list of rules comes to: all devices but some, or none but some.
 *
 * @param allowsAll whether the exceptions are denied rather than allowed
 */
record DeviceList(boolean allowsAll, List<DeviceRule> exceptions) {
    DeviceList {
        exceptions = List.copyOf(exceptions);
    }

    /** The default list, then the rules, of which a later one wins. */
    static DeviceList of(List<DeviceRule> rules) {
        DeviceList list = new DeviceList(false, DeviceRule.DEFAULT);
        for (DeviceRule rule : rules) {
            list = list.with(rule);
        }
        return list;
    }

    private DeviceList with(DeviceRule rule) {
        if (rule.type() == DeviceRule.Type.ALL) {
            return new DeviceList(rule.allow(), List.of());
        }
        return rule.allow() == allowsAll ? without(rule) : plus(rule);
    }

    /** Access to the same devices is joined, as the kernel of version 1 does. */
    private DeviceList plus(DeviceRule rule) {
        List<DeviceRule> all = new ArrayList<>(exceptions);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).sameDevices(rule)) {
                all.set(i, rule.withAccess(joined(all.get(i).access(), rule.access())));
                return new DeviceList(allowsAll, all);
            }
        }
        all.add(rule);
        return new DeviceList(allowsAll, all);
    }

    private DeviceList without(DeviceRule rule) {
        List<DeviceRule> left = new ArrayList<>();
        for (DeviceRule exception : exceptions) {
            String access = left(exception.access(), rule.access());
            if (exception.sameDevices(rule)) {
                if (!access.isEmpty()) {
                    left.add(exception.withAccess(access));
                }
            } else if (exception.meets(rule) && !access.equals(exception.access())) {
                // Neither version can say 'all of these but that one'.
                throw new IllegalArgumentException("the device rule '" + rule + "' takes back a part of '" + exception
                        + "', which cannot be told the kernel; take back the whole of it, or begin with 'deny a'");
            } else {
                left.add(exception);
            }
        }
        return new DeviceList(allowsAll, left);
    }

    private static String joined(String one, String other) {
        return "rwm"
                .chars()
                .filter(c -> one.indexOf(c) >= 0 || other.indexOf(c) >= 0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String left(String from, String taken) {
        return from.chars()
                .filter(c -> taken.indexOf(c) < 0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
