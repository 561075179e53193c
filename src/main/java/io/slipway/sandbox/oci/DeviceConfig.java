package io.slipway.sandbox.oci;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of {@code linux.devices}.
 *
 * @param type {@code c}, {@code b} or {@code p}; {@code u} is read as {@code c}
 * @param mode permission bits
 */
record DeviceConfig(String path, char type, long major, long minor, int mode, int uid, int gid) {
    private static final int MODE = 0666;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;
    private static final int S_IFIFO = 0010000;
    /** Those that every container has (config-linux.md, "Default Devices"). */
    static final List<DeviceConfig> DEFAULT = List.of(
            standard("null", 1, 3),
            standard("zero", 1, 5),
            standard("full", 1, 7),
            standard("random", 1, 8),
            standard("urandom", 1, 9),
            standard("tty", 5, 0));

    private static DeviceConfig standard(String name, long major, long minor) {
        return new DeviceConfig("/dev/" + name, 'c', major, minor, MODE, 0, 0);
    }

    static List<DeviceConfig> parse(Node node) throws ConfigException {
        List<DeviceConfig> devices = new ArrayList<>();
        for (Node one : node.list()) {
            devices.add(one(one));
        }
        return List.copyOf(devices);
    }

    private static DeviceConfig one(Node node) throws ConfigException {
        String type = node.at("type").text();
        if (!type.matches("[cbup]")) {
            throw node.at("type").wrong("write c, b, u or p (mknod(1))");
        }
        String path = node.at("path").absolutePath();
        if (path.equals("/") || !Path.of(path).normalize().toString().equals(path)) {
            // Two ways to write one device would be two devices.
            throw node.at("path").wrong("write it without '.', '..', double slashes and one at the end, as /dev/fuse");
        }
        boolean fifo = type.equals("p");
        Node mode = node.at("fileMode");
        Node uid = node.at("uid");
        Node gid = node.at("gid");
        return new DeviceConfig(
                path,
                type.equals("u") ? 'c' : type.charAt(0),
                fifo ? 0 : node.at("major").integer(0, 0xfffL),
                fifo ? 0 : node.at("minor").integer(0, 0xfffffL),
                mode.present() ? (int) mode.integer(0, 0177777) & 07777 : MODE,
                uid.present() ? uid.id() : 0,
                gid.present() ? gid.id() : 0);
    }

    /** For mknod(2). */
    int fileMode() {
        return mode | (type == 'c' ? S_IFCHR : type == 'b' ? S_IFBLK : S_IFIFO);
    }

    /** As the kernel takes it (makedev(3)). */
    long number() {
        return (minor & 0xff) | major << 8 | (minor & ~0xffL) << 12;
    }
}
