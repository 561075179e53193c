package io.slipway.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What a container was started with at a path, as its layers and bind mounts have it; for explanations, never for decisions. */
final class ImageFiles {
    private static final int LINKS_MAX = 40;
    private final Root root;

    ImageFiles(Root root) {
        this.root = root;
    }

    /** Whether there is something, of any kind, behind whatever links. */
    boolean has(String path) {
        return find(path).isPresent();
    }

    /** The first bytes of a file; empty when there is none that can be read. */
    Optional<byte[]> head(String path, int bytes) {
        Optional<Path> file = find(path).filter(found -> Files.isRegularFile(found, LinkOption.NOFOLLOW_LINKS));
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file.get(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(in.readNBytes(bytes));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** On the host. Links are followed by their text within the container's root, as the host's kernel would leave it. */
    private Optional<Path> find(String path) {
        Deque<String> rest = new ArrayDeque<>(List.of(path.split("/")));
        List<String> at = new ArrayList<>();
        Optional<Path> found = Optional.empty();
        int links = 0;
        while (!rest.isEmpty()) {
            String part = rest.removeFirst();
            if (part.equals("..")) {
                at = at.subList(0, Math.max(0, at.size() - 1));
            } else if (!part.isEmpty() && !part.equals(".")) {
                List<String> next = new ArrayList<>(at);
                next.add(part);
                found = entry(String.join("/", next));
                Optional<String> link = found.flatMap(ImageFiles::link);
                if (found.isEmpty() || links > LINKS_MAX) {
                    return Optional.empty();
                } else if (link.isPresent()) {
                    links++;
                    at = link.get().startsWith("/") ? new ArrayList<>() : at;
                    List.of(link.get().split("/")).reversed().forEach(rest::addFirst);
                } else {
                    at = next;
                }
            }
        }
        return found;
    }

    /** The uppermost that has this name. */
    private Optional<Path> entry(String relative) {
        for (BindMount bind : root.binds()) {
            Path target = Path.of(bind.target());
            Path path = Path.of("/" + relative);
            if (path.startsWith(target)) {
                return Optional.of(bind.source().resolve(target.relativize(path)))
                        .filter(ImageFiles::isThere);
            }
        }
        return root.layers().reversed().stream()
                .map(layer -> layer.resolve(relative))
                .filter(ImageFiles::isThere)
                .findFirst();
    }

    private static boolean isThere(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static Optional<String> link(Path path) {
        try {
            return Files.isSymbolicLink(path)
                    ? Optional.of(Files.readSymbolicLink(path).toString())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
