package io.slipway.sandbox.cgroup;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which device files may be used, and how (Documentation/admin-guide/cgroup-v1/devices.rst).
 *
 * @param allow or deny
 * @param major of any number when empty
 * @param access letters of r (read), w (write) and m (mknod)
 */
public record DeviceRule(boolean allow, Type type, OptionalInt major, OptionalInt minor, String access) {
    private static final Pattern TEXT = Pattern.compile("(a)|([bc]) ([0-9]{1,7}|\\*):([0-9]{1,7}|\\*) ([rwm]{1,3})");
    private static final String ALL_ACCESS = "rwm";

    /**
     * What every container may use, beside nothing else: those of runc's and crun's default list, which Docker's comes to as well (runc
     * libcontainer/specconv, moby oci/defaults.go). Any node may be made, for unpackers of archives, but not opened; without {@code CAP_MKNOD}, which
     * containers do not have, not even made.
     */
    public static final List<DeviceRule> DEFAULT = Stream.of(
                    "c *:* m",
                    "b *:* m", // any
                    "c 1:3 rwm",
                    "c 1:5 rwm",
                    "c 1:7 rwm",
                    "c 1:8 rwm",
                    "c 1:9 rwm", // null, zero, full, random, urandom
                    "c 5:0 rwm",
                    "c 5:1 rwm",
                    "c 5:2 rwm",
                    "c 136:* rwm") // tty, console, ptmx, pts
            .map(DeviceRule::allow)
            .toList();

    /** Kinds of device files. */
    public enum Type {
        ALL,
        CHAR,
        BLOCK;

        String letter() {
            return name().substring(0, 1).toLowerCase(Locale.ROOT);
        }
    }

    public DeviceRule {
        if (access.isEmpty() || !access.chars().allMatch(c -> ALL_ACCESS.indexOf(c) >= 0)) {
            throw new IllegalArgumentException(
                    "device access '" + access + "' is not made of r (read), w (write) and m (make a node)");
        }
        boolean everything = major.isEmpty() && minor.isEmpty() && access.length() == ALL_ACCESS.length();
        if (type == Type.ALL && !everything) {
            throw new IllegalArgumentException(
                    "a device rule for all types is for all devices and access; name b or c to be more exact");
        }
    }

    /** Allows {@code c 10:229 rwm}, {@code b 8:* r} or {@code a}, which is everything. */
    public static DeviceRule allow(String text) {
        return parse(true, text);
    }

    public static DeviceRule deny(String text) {
        return parse(false, text);
    }

    private static DeviceRule parse(boolean allow, String text) {
        Matcher rule = TEXT.matcher(text.strip());
        if (!rule.matches()) {
            throw new IllegalArgumentException(
                    "device rule '" + text + "' is not of the form 'c 10:229 rwm', 'b 8:* r' or 'a'");
        }
        if (rule.group(1) != null) {
            return new DeviceRule(allow, Type.ALL, OptionalInt.empty(), OptionalInt.empty(), ALL_ACCESS);
        }
        Type type = rule.group(2).equals("c") ? Type.CHAR : Type.BLOCK;
        return new DeviceRule(allow, type, number(rule.group(3)), number(rule.group(4)), rule.group(5));
    }

    private static OptionalInt number(String text) {
        return text.equals("*") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }

    boolean sameDevices(DeviceRule other) {
        return type == other.type && major.equals(other.major) && minor.equals(other.minor);
    }

    /** Whether a device may be meant by both. */
    boolean meets(DeviceRule other) {
        return (type == other.type || type == Type.ALL || other.type == Type.ALL)
                && (major.isEmpty() || other.major.isEmpty() || major.equals(other.major))
                && (minor.isEmpty() || other.minor.isEmpty() || minor.equals(other.minor));
    }

    DeviceRule withAccess(String other) {
        return new DeviceRule(allow, type, major, minor, other);
    }

    /** As the files of version 1 take it. */
    String line() {
        return type == Type.ALL ? "a" : type.letter() + " " + text(major) + ":" + text(minor) + " " + access;
    }

    @Override
    public String toString() {
        return (allow ? "allow " : "deny ") + line();
    }

    private static String text(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : "*";
    }
}
