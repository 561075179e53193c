package io.slipway.sandbox;

import io.slipway.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a program that is there was not executed (execve(2), errors), as far as its first bytes tell.
 *
 * @param path of the program in the container
 */
record ExecFailure(Root root, String path, int errno) {
    private static final int HEAD_BYTES = 4096;
    private static final int ELF_MACHINE = 18;
    private static final int ELF_HEADERS_AT = 32;
    private static final int ELF_HEADERS = 54;
    private static final int PT_INTERP = 3;

    /** In plain words with what to do; empty when the error says all. */
    Optional<String> text() {
        return Optional.ofNullable(
                switch (errno) {
                    case Errno.ENOENT -> missing();
                    case Errno.EACCES -> forbidden();
                    case Errno.ENOEXEC -> foreign();
                    case Errno.E2BIG -> "its arguments and environment are too long; give less, e.g. by a file";
                    default -> null;
                });
    }

    private byte[] head() {
        return new ImageFiles(root).head(path, HEAD_BYTES).orElse(new byte[0]);
    }

    private String missing() {
        Optional<String> interpreter = interpreter(head());
        if (interpreter.filter(name -> name.endsWith("\r")).isPresent()) {
            return "it is there, but its first line ends with a carriage return, which is looked for as part of the "
                    + "interpreter's name; save it with the line ends of Unix";
        }
        return interpreter
                .filter(name -> !new ImageFiles(root).has(name))
                .map(name ->
                        "it is there, but its interpreter " + name + " is not in the container; add that to the image,"
                                + " or build the program so that it needs none")
                .orElse(
                        "it, or the interpreter that it names (first line, or dynamic loader), is not in the container");
    }

    private String forbidden() {
        return "it is a directory, lies on what is mounted without exec (a tmpfs, unless it says exec), or names an "
                + "interpreter that may not be executed";
    }

    private String foreign() {
        byte[] head = head();
        if (isElf(head)) {
            return "it is a program for another processor (ELF machine " + machine(head) + "), and this machine is "
                    + System.getProperty("os.arch").toLowerCase(Locale.ROOT) + "; take the image for this one";
        }
        return "it is neither a program of Linux (ELF) nor a script whose first line begins with #!; add that line, or "
                + "name the interpreter before it";
    }

    /** Of a script or a dynamically linked program; empty for others. */
    static Optional<String> interpreter(byte[] head) {
        if (head.length > 2 && head[0] == '#' && head[1] == '!') {
            String line =
                    new String(head, StandardCharsets.UTF_8).lines().findFirst().orElse("");
            // Java takes a carriage return for a line's end; the kernel does not.
            boolean carriageReturn = head.length > line.length() && head[line.length()] == '\r';
            String name = line.substring(2).strip().split("[ \t]", 2)[0];
            return Optional.of(name + (carriageReturn && line.endsWith(name) ? "\r" : ""));
        }
        return isElf(head) ? loader(head) : Optional.empty();
    }

    private static boolean isElf(byte[] head) {
        return head.length >= 64 && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F';
    }

    private static int machine(byte[] head) {
        return ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getShort(ELF_MACHINE) & 0xffff;
    }

    /** By the program headers of a 64-bit file (elf(5)). */
    private static Optional<String> loader(byte[] bytes) {
        ByteBuffer head = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long table = head.getLong(ELF_HEADERS_AT);
        int entryBytes = head.getShort(ELF_HEADERS) & 0xffff;
        int count = head.getShort(ELF_HEADERS + 2) & 0xffff;
        for (long at = table;
                at >= 0 && at + 56 <= head.limit() && count > 0 && entryBytes > 0;
                at += entryBytes, count--) {
            if (head.getInt((int) at) == PT_INTERP) {
                long from = head.getLong((int) at + 8);
                long length = head.getLong((int) at + 32);
                boolean within = from >= 0 && length > 1 && length < HEAD_BYTES && from + length <= head.limit();
                return within
                        ? Optional.of(new String(bytes, (int) from, (int) length - 1, StandardCharsets.UTF_8))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }
}
