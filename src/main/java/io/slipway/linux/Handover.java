package io.slipway.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Two connected sockets, by which a child that waits is let go, and is handed what was opened since it was made. It has closed all descriptors from
 * {@link #FIRST} on before, so that it finds them there, in the order in which they were promised. If we die it reads the end.
 */
public final class Handover implements AutoCloseable {
    /** Number of the first descriptor that is handed over; those below are in use by then. */
    public static final int FIRST = 5;

    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private final Descriptor ours;
    private final Descriptor childs;
    private final List<String> promised = new ArrayList<>();

    public Handover() throws SyscallException {
        this(Syscalls.socketPair("handover"));
    }

    private Handover(Descriptor... pair) {
        ours = pair[0];
        childs = pair[1];
    }

    /** What is handed over later, by the same sockets: by then the child has closed again what it has from {@link #FIRST} on. */
    public Handover next() {
        return new Handover(ours, childs);
    }

    /** The child's end. */
    public Descriptor childs() {
        return childs;
    }

    /** What the child has for a descriptor that is to be handed over; to be called for each, in their order, before {@link #receives}. */
    public Argument promise(String object) {
        promised.add(object);
        return Argument.descriptor(FIRST + promised.size() - 1, object);
    }

    /**
     * The arguments of the calls of recvmsg(2) by which the child takes what was promised: each gives 1, or 0 when we are dead.
     *
     * @param socket number of the child's end
     */
    public List<Argument[]> receives(int socket) {
        return parts(promised).stream()
                .map(part -> new Argument[] {
                    Argument.descriptor(socket, childs.object()),
                    DescriptorMessage.room(part.size(), shown(part.stream())),
                    Argument.flags(MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC")
                })
                .toList();
    }

    /** Lets the child go on with what was promised, in that order. */
    public void give(List<Descriptor> descriptors) throws SyscallException {
        if (descriptors.size() != promised.size()) {
            throw new IllegalStateException(promised.size() + " descriptors were promised, not " + descriptors.size());
        }
        for (List<Descriptor> part : parts(descriptors)) {
            send(part);
        }
    }

    private void send(List<Descriptor> part) throws SyscallException {
        try (NativeArena arena = NativeArena.open()) {
            long message = DescriptorMessage.of(arena, new byte[1], part);
            long result = CallLog.call(
                    "sendmsg",
                    () -> Libc.syscall(SyscallNumber.SENDMSG.number(), ours.number(), message, MSG_NOSIGNAL, 0, 0),
                    Argument.descriptor(ours),
                    Argument.text(() -> shown(part.stream().map(Descriptor::shown))),
                    Argument.flags(MSG_NOSIGNAL, "MSG_NOSIGNAL"));
            Syscalls.checked(result, "sendmsg", ours.object());
        }
    }

    private static String shown(java.util.stream.Stream<String> descriptors) {
        return descriptors.collect(Collectors.joining(", ", "{\"\\0\", SCM_RIGHTS=[", "]}"));
    }

    /** Never none, as the child waits for a message. */
    private static <T> List<List<T>> parts(List<T> all) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from == 0 || from < all.size(); from += DescriptorMessage.DESCRIPTORS_MAX) {
            parts.add(all.subList(from, Math.min(all.size(), from + DescriptorMessage.DESCRIPTORS_MAX)));
        }
        return parts;
    }

    @Override
    public void close() {
        ours.close();
        childs.close();
    }
}
