package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;

/** Listens for the descriptor of one filter, and decides the calls that it is asked about (seccomp_unotify(2)). */
public final class CallSupervisor implements AutoCloseable {
    private static final long SECCOMP_IOCTL_NOTIF_RECV = 0xc0502100L;
    private static final long SECCOMP_IOCTL_NOTIF_SEND = 0xc0182101L;
    private static final int NOTICE_BYTES = 80;
    private static final int NUMBER = 16;
    private static final int ANSWER_BYTES = 24;
    private static final int POLL_MS = 100;
    private static final int SECONDS = 60;
    private final TerminalReceiver receiver;
    private final CompletableFuture<String> about = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean closed;

    /** @param answer what a call of a number is to return: a negative errno, or a result, without being made */
    public CallSupervisor(Path socket, IntToLongFunction answer) throws SyscallException {
        receiver = new TerminalReceiver(socket);
        thread = Thread.ofPlatform().daemon().start(() -> supervise(answer));
    }

    /** What it was told of the process. */
    public String about() throws Exception {
        return about.get(SECONDS, TimeUnit.SECONDS);
    }

    private void supervise(IntToLongFunction answer) {
        try {
            TerminalReceiver.Received received = receiver.receive();
            try (Descriptor listener = received.descriptor()) {
                about.complete(received.about());
                while (!closed && !over(listener, answer)) {
                    // It waits for the next.
                }
            }
        } catch (SyscallException e) {
            about.completeExceptionally(e);
        }
    }

    /** Whether nobody is left who could ask. */
    private static boolean over(Descriptor listener, IntToLongFunction answer) {
        ByteBuffer poll = ByteBuffer.allocate(DescriptorCalls.POLLFD_BYTES).order(ByteOrder.nativeOrder());
        poll.putInt(listener.number()).putShort((short) DescriptorCalls.POLLIN);
        DescriptorCalls.poll(poll.array(), 1, POLL_MS);
        int ready = poll.getShort(6);
        if ((ready & DescriptorCalls.POLLIN) != 0) {
            ByteBuffer notice = ByteBuffer.allocate(NOTICE_BYTES).order(ByteOrder.nativeOrder());
            if (DescriptorCalls.ioctl(listener.number(), SECCOMP_IOCTL_NOTIF_RECV, notice.array()) == 0) {
                long result = answer.applyAsLong(notice.getInt(NUMBER));
                ByteBuffer decision = ByteBuffer.allocate(ANSWER_BYTES).order(ByteOrder.nativeOrder());
                decision.putLong(notice.getLong(0)).putLong(Math.max(0, result)).putInt((int) Math.min(0, result));
                DescriptorCalls.ioctl(listener.number(), SECCOMP_IOCTL_NOTIF_SEND, decision.array());
            }
        }
        return (ready & DescriptorCalls.POLLHUP) != 0;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        if (about.isDone()) {
            thread.join();
        }
        receiver.close();
    }
}
