package io.slipway.sandbox.oci;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What an option of a mount does (config.md, "Linux mount options").
 *
 * @param attribute bits of mount_setattr(2) that it sets, and
 * @param cleared that it clears, for a bind mount and its recursive kin
 * @param flag bits of mount(2) that it sets for a new file system, or
 * @param clears whether it takes them away instead
 */
record MountOption(long attribute, long cleared, long flag, boolean clears, boolean recursive) {
    static final int MS_REC = 16384;
    static final int MS_UNBINDABLE = 1 << 17;
    static final int MS_PRIVATE = 1 << 18;
    static final int MS_SLAVE = 1 << 19;
    static final int MS_SHARED = 1 << 20;
    static final long RDONLY = 1;
    static final long NOSUID = 2;
    static final long NODEV = 4;
    static final long NOEXEC = 8;
    private static final long ATIME_FIELD = 0x70;
    private static final long NOATIME = 0x10;
    private static final long STRICTATIME = 0x20;
    private static final long NODIRATIME = 0x80;
    private static final long NOSYMFOLLOW = 0x200000;
    private static final long MS_NOATIME = 1024;
    private static final long MS_NODIRATIME = 2048;
    private static final long MS_NOSYMFOLLOW = 256;
    private static final long MS_RELATIME = 1 << 21;
    private static final long MS_STRICTATIME = 1 << 24;
    private static final Map<String, MountOption> ATTRIBUTES = attributes();
    private static final Map<String, MountOption> SUPERBLOCK = superblock();
    private static final Map<String, Integer> PROPAGATION = Map.of(
            "private",
            MS_PRIVATE,
            "rprivate",
            MS_PRIVATE | MS_REC,
            "slave",
            MS_SLAVE,
            "rslave",
            MS_SLAVE | MS_REC,
            "shared",
            MS_SHARED,
            "rshared",
            MS_SHARED | MS_REC,
            "unbindable",
            MS_UNBINDABLE,
            "runbindable",
            MS_UNBINDABLE | MS_REC);
    /** Understood by themselves, or without effect. */
    static final Set<String> OTHERS =
            Set.of("bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap", "defaults", "acl", "noacl");

    /** Every option that is known by name, for {@code features}. */
    static Set<String> names() {
        Set<String> names = new java.util.TreeSet<>(ATTRIBUTES.keySet());
        names.addAll(SUPERBLOCK.keySet());
        names.addAll(PROPAGATION.keySet());
        names.addAll(OTHERS);
        return names;
    }

    static Map<String, MountOption> known() {
        Map<String, MountOption> known = new HashMap<>(ATTRIBUTES);
        known.putAll(SUPERBLOCK);
        return known;
    }

    /** Flags of mount(2), by {@code private} and its kin, also for {@code linux.rootfsPropagation}. */
    static Map<String, Integer> propagation() {
        return PROPAGATION;
    }

    private static Map<String, MountOption> attributes() {
        Map<String, MountOption> all = new HashMap<>();
        pair(all, "ro", "rw", RDONLY, 1);
        pair(all, "nosuid", "suid", NOSUID, 2);
        pair(all, "nodev", "dev", NODEV, 4);
        pair(all, "noexec", "exec", NOEXEC, 8);
        pair(all, "nodiratime", "diratime", NODIRATIME, MS_NODIRATIME);
        pair(all, "nosymfollow", "symfollow", NOSYMFOLLOW, MS_NOSYMFOLLOW);
        atime(all, "noatime", NOATIME, MS_NOATIME, false);
        atime(all, "atime", 0, MS_NOATIME, true);
        atime(all, "relatime", 0, MS_RELATIME, false);
        atime(all, "norelatime", 0, MS_RELATIME, true);
        atime(all, "strictatime", STRICTATIME, MS_STRICTATIME, false);
        atime(all, "nostrictatime", 0, MS_STRICTATIME, true);
        return all;
    }

    private static void pair(Map<String, MountOption> all, String set, String clear, long attribute, long flag) {
        for (boolean recursive : new boolean[] {false, true}) {
            String prefix = recursive ? "r" : "";
            all.put(prefix + set, new MountOption(attribute, 0, flag, false, recursive));
            all.put(prefix + clear, new MountOption(0, attribute, flag, true, recursive));
        }
    }

    /** The kernel takes a time of access only together with clearing the whole field. */
    private static void atime(Map<String, MountOption> all, String name, long attribute, long flag, boolean clears) {
        all.put(name, new MountOption(attribute, ATIME_FIELD, flag, clears, false));
        all.put("r" + name, new MountOption(attribute, ATIME_FIELD, flag, clears, true));
    }

    private static Map<String, MountOption> superblock() {
        Map<String, MountOption> all = new HashMap<>();
        flag(all, "sync", "async", 16);
        flag(all, "dirsync", "", 128);
        flag(all, "mand", "nomand", 64);
        flag(all, "silent", "loud", 32768);
        flag(all, "iversion", "noiversion", 1 << 23);
        flag(all, "lazytime", "nolazytime", 1 << 25);
        return all;
    }

    private static void flag(Map<String, MountOption> all, String set, String clear, long flag) {
        all.put(set, new MountOption(0, 0, flag, false, false));
        if (!clear.isEmpty()) {
            all.put(clear, new MountOption(0, 0, flag, true, false));
        }
    }
}
