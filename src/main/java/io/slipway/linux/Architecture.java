package io.slipway.linux;

/** A processor architecture that containers are started on, with what differs between them in the kernel's interface. */
enum Architecture {
    X86_64("amd64", "interpreter-x86_64", 62, 12, 0200000, 0400000),
    AARCH64("aarch64", "interpreter-aarch64", 183, 16, 040000, 0100000);

    private final String javaName;
    private final String interpreter;
    private final short elfMachine;
    private final int epollEventBytes;
    private final int openDirectory;
    private final int openNoFollow;

    Architecture(
            String javaName,
            String interpreter,
            int elfMachine,
            int epollEventBytes,
            int openDirectory,
            int openNoFollow) {
        this.javaName = javaName;
        this.interpreter = interpreter;
        this.elfMachine = (short) elfMachine;
        this.epollEventBytes = epollEventBytes;
        this.openDirectory = openDirectory;
        this.openNoFollow = openNoFollow;
    }

    /**
     * This machine's.
     *
     * @throws IllegalStateException on any other
     */
    static Architecture here() {
        return Here.ARCHITECTURE;
    }

    /** Name of the interpreter's resources, without {@code .S} or {@code .hex}. */
    String interpreter() {
        return interpreter;
    }

    /** {@code e_machine} of its executables (elf(5)). */
    short elfMachine() {
        return elfMachine;
    }

    /** Length of {@code struct epoll_event}, packed on x86-64 only (include/uapi/linux/eventpoll.h); its data are the last 8. */
    int epollEventBytes() {
        return epollEventBytes;
    }

    /** O_DIRECTORY; with {@link #openNoFollow} the flags of open(2) that differ (arch/arm64/include/uapi/asm/fcntl.h). */
    int openDirectory() {
        return openDirectory;
    }

    /** O_NOFOLLOW. */
    int openNoFollow() {
        return openNoFollow;
    }

    private static final class Here {
        private static final Architecture ARCHITECTURE = detect(System.getProperty("os.arch"));

        private static Architecture detect(String name) {
            for (Architecture architecture : values()) {
                if (architecture.javaName.equals(name)) {
                    return architecture;
                }
            }
            throw new IllegalStateException("this machine's architecture is " + name + " by os.arch; containers can be"
                    + " started on x86-64 (amd64) and aarch64 only. Run slipway on such a machine");
        }
    }
}
