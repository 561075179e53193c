package io.slipway.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which extended attributes of an entry are taken over: the user's, and file capabilities. Overlayfs would obey {@code user.overlay.*} and
 * {@code trusted.*}, the kernel the rest of {@code security.*} and access lists, whose ids are not translated.
 */
final class FileAttributes {
    private static final String CAPABILITY = "security.capability";
    private static final int REVISION_MASK = 0xff000000;
    private static final int REVISION_2 = 0x02000000;
    private static final int REVISION_3 = 0x03000000;
    private static final int REVISION_2_BYTES = 20;
    private static final int REVISION_3_BYTES = 24;

    private FileAttributes() {}

    static Map<String, byte[]> kept(TarEntry entry, IdShift shift) throws RefusedEntry {
        if (entry.attributes().isEmpty()) {
            return Map.of();
        }
        Map<String, byte[]> kept = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> one : entry.attributes().entrySet()) {
            String name = one.getKey();
            if (name.startsWith("user.") && !name.startsWith("user.overlay.")) {
                kept.put(name, one.getValue());
            } else if (name.equals(CAPABILITY) && entry.type() == TarEntry.FILE) {
                kept.put(name, capability(one.getValue(), shift));
            }
        }
        return kept;
    }

    /**
     * File capabilities count only in user namespaces whose root they name (capabilities(7), "File capability extended attribute versioning"): those of
     * an image must name the root of the range that it is unpacked for, and never the host's.
     */
    private static byte[] capability(byte[] value, IdShift shift) throws RefusedEntry {
        int revision = value.length < Integer.BYTES
                ? 0
                : ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt() & REVISION_MASK;
        boolean known = revision == REVISION_2 && value.length == REVISION_2_BYTES
                || revision == REVISION_3 && value.length == REVISION_3_BYTES;
        if (!known) {
            throw new RefusedEntry("its file capabilities are of an unknown form");
        }
        if (shift.first() == 0) {
            return value;
        }
        ByteBuffer made = ByteBuffer.allocate(REVISION_3_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        made.put(value, 0, REVISION_2_BYTES);
        made.putInt(0, made.getInt(0) & ~REVISION_MASK | REVISION_3);
        made.putInt(REVISION_2_BYTES, shift.first());
        return made.array();
    }
}
