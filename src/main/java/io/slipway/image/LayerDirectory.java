package io.slipway.image;

import io.slipway.linux.FileType;
import io.slipway.linux.OpenDirectory;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The directory that one layer is unpacked into. Names resolve as if it were the root: absolute names and links begin here, {@code ..} at the top
 * stays here. Links are followed by reading them, and the result, free of links, is opened by openat2, which refuses any link that is left. Nobody
 * else can write here (0700), so there is no race to win.
 */
final class LayerDirectory implements AutoCloseable {
    private static final int LINKS_MAX = 40;
    private static final int DEPTH_MAX = 256;
    private static final int DEFAULT_MODE = 0755;

    private final OpenDirectory root;
    private final IdShift shift;
    private final Map<String, String> resolved = new HashMap<>();
    private final Set<String> opaque = new HashSet<>();
    private String openedName = "";
    private OpenDirectory opened;

    LayerDirectory(Path directory, IdShift shift) throws SyscallException {
        this.root = OpenDirectory.open(directory);
        this.opened = root;
        this.shift = shift;
    }

    OpenDirectory root() {
        return root;
    }

    /** A directory by the name that an archive gives, made where it is missing; stays open until the next call. */
    OpenDirectory directory(String name) throws IOException {
        String real = realName(name);
        if (!real.equals(openedName)) {
            closeOpened();
            opened = real.isEmpty() ? root : root.beneath(real);
            openedName = real;
        }
        return opened;
    }

    /** The same directory as a name free of links; empty is the top. */
    String realName(String name) throws IOException {
        String known = resolved.get(name);
        if (known == null) {
            known = resolve(name);
            resolved.put(name, known);
        }
        return known;
    }

    /** To be called after a link or anything but a directory came to be, or something was removed. */
    void forgetResolved() {
        resolved.clear();
        if (opened != root) {
            closeOpened();
            opened = root;
            openedName = "";
        }
    }

    /** Once per directory: marks that nothing of lower layers shows through. */
    void makeOpaque(String realName) throws IOException {
        if (opaque.add(realName)) {
            OpenDirectory directory = directory(realName);
            byte[] yes = {'y'};
            // The first for a mount by the host's root, the second for one inside a user namespace (overlayfs,
            // userxattr).
            directory.setAttribute("trusted.overlay.opaque", yes);
            directory.setAttribute("user.overlay.opaque", yes);
        }
    }

    @Override
    public void close() {
        closeOpened();
        root.close();
    }

    private void closeOpened() {
        if (opened != root) {
            opened.close();
        }
    }

    private String resolve(String name) throws IOException {
        Deque<String> rest = new ArrayDeque<>(Arrays.asList(name.split("/")));
        Deque<String> done = new ArrayDeque<>();
        int links = 0;
        while (!rest.isEmpty()) {
            String part = rest.removeFirst();
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                done.pollLast();
                continue;
            }
            Optional<String> target = step(String.join("/", done), part);
            if (target.isEmpty()) {
                done.addLast(part);
                continue;
            }
            if (++links > LINKS_MAX) {
                throw new IOException("more than " + LINKS_MAX + " links in the way");
            }
            if (target.get().startsWith("/")) {
                done.clear();
            }
            String[] parts = target.get().split("/");
            for (int i = parts.length - 1; i >= 0; i--) {
                rest.addFirst(parts[i]);
            }
            if (done.size() + rest.size() > DEPTH_MAX) {
                throw new IOException("deeper than " + DEPTH_MAX + " directories");
            }
        }
        if (done.size() > DEPTH_MAX) {
            throw new IOException("deeper than " + DEPTH_MAX + " directories");
        }
        return String.join("/", done);
    }

    /** @return the target if the name is a link; otherwise it is a directory afterwards */
    private Optional<String> step(String at, String name) throws IOException {
        try (OpenDirectory parent = root.beneath(at)) {
            Optional<FileType> type = parent.type(name);
            if (type.isPresent() && type.get() == FileType.SYMLINK) {
                return Optional.of(parent.readLink(name));
            }
            if (type.isPresent() && type.get() == FileType.CHARACTER_DEVICE) {
                parent.removeFile(name);
                make(parent, name);
                makeOpaqueBelow(parent, name);
            } else if (type.isEmpty()) {
                make(parent, name);
            } else if (type.get() != FileType.DIRECTORY) {
                throw new IOException("'" + name + "' in the way is not a directory");
            }
            return Optional.empty();
        }
    }

    private static void makeOpaqueBelow(OpenDirectory parent, String name) throws IOException {
        try (OpenDirectory made = parent.beneath(name)) {
            made.setAttribute("trusted.overlay.opaque", new byte[] {'y'});
            made.setAttribute("user.overlay.opaque", new byte[] {'y'});
        }
    }

    private void make(OpenDirectory parent, String name) throws SyscallException {
        parent.makeDirectory(name, 0700);
        try (OpenDirectory made = parent.beneath(name)) {
            made.setOwnerAndMode(shift.shifted(0), shift.shifted(0), DEFAULT_MODE);
        }
    }
}
