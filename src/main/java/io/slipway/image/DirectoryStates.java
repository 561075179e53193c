package io.slipway.image;

import io.slipway.linux.OpenDirectory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What directories are to be like in the end: until all is written below them they belong to the range's root, 0700, and their times change.
 */
final class DirectoryStates {
    /** So that a million deep directories do not fill the memory. */
    private static final long NAME_BYTES_MAX = 32 << 20;

    private final Map<String, State> states = new LinkedHashMap<>();
    private long nameBytes;

    private record State(int uid, int gid, int mode, long seconds, int nanos) {}

    /** @param real a name without links */
    void put(String real, int uid, int gid, TarEntry entry) throws RefusedEntry {
        State state = new State(uid, gid, entry.permissions(), entry.seconds(), entry.nanos());
        if (states.put(real, state) == null) {
            nameBytes += real.length();
        }
        if (nameBytes > NAME_BYTES_MAX) {
            throw new RefusedEntry("the names of the layer's directories take more than " + NAME_BYTES_MAX + " bytes");
        }
    }

    /** It was removed. */
    void remove(String real) {
        if (states.remove(real) != null) {
            nameBytes -= real.length();
        }
    }

    void apply(OpenDirectory root) throws IOException {
        for (Map.Entry<String, State> one : states.entrySet()) {
            State state = one.getValue();
            try (OpenDirectory directory = root.beneath(one.getKey())) {
                directory.setOwnerAndMode(state.uid, state.gid, state.mode);
                directory.setModified(state.seconds, state.nanos);
            }
        }
    }
}
