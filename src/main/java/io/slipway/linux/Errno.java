package io.slipway.linux;

import java.util.Map;
import java.util.TreeMap;

/** Names and meanings of error numbers (errno(3), asm-generic; the same on x86-64 and aarch64). */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int EPIPE = 32;
    public static final int ENOSPC = 28;
    public static final int ERANGE = 34;
    public static final int ENOSYS = 38;
    public static final int ELOOP = 40;
    public static final int ENOTEMPTY = 39;
    public static final int ERESTART = 85;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;

    private static final Map<Integer, String[]> TABLE = table("""
        1 EPERM operation not permitted
        2 ENOENT no such file or directory
        3 ESRCH no such process
        4 EINTR interrupted
        5 EIO input/output error
        6 ENXIO no such device or address
        7 E2BIG arguments and environment too long
        8 ENOEXEC not an executable format
        9 EBADF bad file descriptor
        10 ECHILD no child process
        11 EAGAIN resource temporarily unavailable, a limit reached
        12 ENOMEM out of memory
        13 EACCES permission denied
        14 EFAULT bad address
        15 ENOTBLK block device required
        16 EBUSY device or resource busy
        17 EEXIST file exists
        18 EXDEV cross-device link
        19 ENODEV no such device or file system type
        20 ENOTDIR not a directory
        21 EISDIR is a directory
        22 EINVAL invalid argument
        23 ENFILE too many open files in the system
        24 EMFILE too many open files
        25 ENOTTY not a terminal
        26 ETXTBSY text file busy
        27 EFBIG file too large
        28 ENOSPC no space left on device, a quota reached
        29 ESPIPE illegal seek
        30 EROFS read-only file system
        31 EMLINK too many links
        32 EPIPE broken pipe
        34 ERANGE result out of range
        36 ENAMETOOLONG file name too long
        38 ENOSYS system call not in this kernel
        39 ENOTEMPTY directory not empty
        40 ELOOP too many symbolic links
        61 ENODATA no data
        71 EPROTO protocol error
        75 EOVERFLOW value too large
        80 ELIBBAD interpreter of the executable is damaged
        93 EPROTONOSUPPORT protocol not in this kernel
        95 EOPNOTSUPP operation not supported
        98 EADDRINUSE address in use
        99 EADDRNOTAVAIL address not available
        100 ENETDOWN network is down
        101 ENETUNREACH network unreachable
        110 ETIMEDOUT timed out
        111 ECONNREFUSED connection refused
        122 EDQUOT quota exceeded
        126 ENOKEY key not available
        """);

    private Errno() {}

    /** E.g. {@code ENOENT}; {@code errno 999} when it has no name here. */
    public static String name(int errno) {
        String[] entry = TABLE.get(errno);
        return entry == null ? "errno " + errno : entry[0];
    }

    /** E.g. {@code ENOENT (no such file or directory)}. */
    public static String describe(int errno) {
        String[] entry = TABLE.get(errno);
        return entry == null ? "errno " + errno : entry[0] + " (" + entry[1] + ")";
    }

    private static Map<Integer, String[]> table(String text) {
        Map<Integer, String[]> table = new TreeMap<>();
        text.lines().forEach(line -> {
            String[] word = line.split(" ", 3);
            table.put(Integer.parseInt(word[0]), new String[] {word[1], word[2]});
        });
        return table;
    }
}
