package io.slipway.sandbox;

import io.slipway.linux.Errno;
import java.util.Optional;

/** What it means that a path of a container leads nowhere (path_resolution(7)): the image decides what lies there. */
final class PathMeaning {
    private PathMeaning() {}

    /** @param what is looked for there, with the path */
    static Optional<String> of(int errno, String what) {
        return Optional.ofNullable(
                switch (errno) {
                    case Errno.ENOENT ->
                        what + " is not there in the container: it, or one above it, is a link that leads nowhere";
                    case Errno.ENOTDIR ->
                        what + " is no directory in the container, or lies below something that is none; name another";
                    case Errno.ELOOP ->
                        what
                                + " is a link in the container that leads back to itself, or one of the kernel's own in /proc";
                    case Errno.EACCES ->
                        what + " may not be entered by the container's user; give it the permission, or name another";
                    default -> null;
                });
    }
}
