package io.slipway.sandbox;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where something may be mounted in a container. */
final class MountTarget {
    private MountTarget() {}

    /**
     * In its plainest form.
     *
     * @throws IllegalArgumentException if nothing may be mounted there
     */
    static String checked(String target) {
        List<String> parts = parts(target);
        if (!target.startsWith("/") || parts.isEmpty()) {
            throw new IllegalArgumentException("mount target '" + target + "' must be an absolute path below /");
        }
        if (parts.contains("..") || target.indexOf(0) >= 0) {
            throw new IllegalArgumentException("mount target '" + target + "' must not contain .. or NUL");
        }
        String plain = "/" + String.join("/", parts);
        boolean kernelFile = parts.getFirst().equals("proc") && !ProcFiles.COVERABLE.contains(plain);
        if (kernelFile || plain.equals("/sys") || plain.equals("/dev")) {
            throw new IllegalArgumentException("mount target '" + target + "' would cover what the kernel tells a "
                    + "container of itself, and what hides the host's; mount it elsewhere");
        }
        return plain;
    }

    /** Whether it lies on one of the file systems that every container gets, and so can be mounted only after these. */
    static boolean onKernelFiles(String target) {
        return Set.of("proc", "sys", "dev").contains(parts(target).getFirst());
    }

    /** The directory above; empty for one directly below {@code /}. */
    static String parent(String target) {
        return target.substring(0, target.lastIndexOf('/'));
    }

    static String name(String target) {
        return target.substring(target.lastIndexOf('/') + 1);
    }

    static int depth(String target) {
        return parts(target).size();
    }

    private static List<String> parts(String target) {
        return Stream.of(target.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
    }
}
