package io.slipway.image;

import io.slipway.linux.FileType;
import io.slipway.linux.OpenDirectory;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
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
    private static final int RESOLVED_KEPT = 4096;
    private static final int OPEN_KEPT = 64;

    private final OpenDirectory root;
    private final IdShift shift;
    private final Map<String, String> resolved = new LinkedHashMap<>(16, 0.75f, true);
    private final SequencedMap<String, OpenDirectory> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<String> opaque = new HashSet<>();

    LayerDirectory(Path directory, IdShift shift) throws SyscallException {
        this.root = OpenDirectory.open(directory);
        this.shift = shift;
    }

    OpenDirectory root() {
        return root;
    }

    /** A directory by the name that an archive gives, made where it is missing; stays open for some more calls. */
    OpenDirectory directory(String name) throws IOException {
        return opened(realName(name));
    }

    /** The same directory as a name free of links; empty is the top. */
    String realName(String name) throws IOException {
        if (name.isEmpty()) {
            return "";
        }
        String known = resolved.get(name);
        if (known == null) {
            int slash = name.lastIndexOf('/');
            known = resolve(slash < 0 ? "" : realName(name.substring(0, slash)), name.substring(slash + 1));
            resolvesTo(name, known);
        }
        return known;
    }

    /** Spares looking again, where a directory was just made. */
    void resolvesTo(String name, String real) {
        resolved.put(name, real);
        if (resolved.size() > RESOLVED_KEPT) {
            resolved.remove(resolved.keySet().iterator().next());
        }
    }

    /** To be called after a link or a directory was removed: other names may have led through it. */
    void forgetResolved() {
        resolved.clear();
        closeOpened();
    }

    /** Once per directory: marks that nothing of lower layers shows through. */
    void makeOpaque(String realName) throws IOException {
        if (opaque.add(realName)) {
            OpenDirectory directory = opened(realName);
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
        open.values().forEach(OpenDirectory::close);
        open.clear();
    }

    private OpenDirectory opened(String real) throws IOException {
        if (real.isEmpty()) {
            return root;
        }
        OpenDirectory known = open.get(real);
        if (known == null) {
            known = root.beneath(real);
            open.put(real, known);
            if (open.size() > OPEN_KEPT) {
                Objects.requireNonNull(open.pollFirstEntry()).getValue().close();
            }
        }
        return known;
    }

    /** Goes on from a directory by one part of a name, through as many links as there are. */
    private String resolve(String from, String next) throws IOException {
        Deque<String> rest = new ArrayDeque<>();
        Deque<String> done = new ArrayDeque<>();
        rest.add(next);
        if (!from.isEmpty()) {
            done.addAll(Arrays.asList(from.split("/")));
        }
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
            } else {
                if (++links > LINKS_MAX) {
                    throw new RefusedEntry("more than " + LINKS_MAX + " links are in the way");
                }
                follow(target.get(), done, rest);
            }
            if (done.size() + rest.size() > DEPTH_MAX) {
                throw new RefusedEntry("it lies deeper than " + DEPTH_MAX + " directories");
            }
        }
        return String.join("/", done);
    }

    private static void follow(String target, Deque<String> done, Deque<String> rest) {
        if (target.startsWith("/")) {
            done.clear();
        }
        String[] parts = target.split("/");
        for (int i = parts.length - 1; i >= 0; i--) {
            rest.addFirst(parts[i]);
        }
    }

    /** @return the target if the name is a link; otherwise it is a directory afterwards */
    private Optional<String> step(String at, String name) throws IOException {
        OpenDirectory parent = opened(at);
        Optional<FileType> type = parent.type(name);
        if (type.isEmpty()) {
            make(parent, name);
            return Optional.empty();
        }
        switch (type.get()) {
            case SYMLINK -> {
                return Optional.of(parent.readLink(name));
            }
            case CHARACTER_DEVICE -> {
                parent.removeFile(name);
                make(parent, name);
                makeOpaque(at.isEmpty() ? name : at + "/" + name);
            }
            case DIRECTORY -> {}
            default -> throw new RefusedEntry("'" + TarEntry.shown(name) + "' in the way is not a directory");
        }
        return Optional.empty();
    }

    private void make(OpenDirectory parent, String name) throws SyscallException {
        parent.makeDirectory(name, 0700);
        try (OpenDirectory made = parent.beneath(name)) {
            made.setOwnerAndMode(shift.shifted(0), shift.shifted(0), DEFAULT_MODE);
        }
    }
}
