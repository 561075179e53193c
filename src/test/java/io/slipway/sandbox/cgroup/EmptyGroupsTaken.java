package io.slipway.sandbox.cgroup;

import java.util.concurrent.Semaphore;

/** A group that comes and goes while somebody else takes away all that is empty above it, as each process does that ends. */
public final class EmptyGroupsTaken {
    private static final String OWNER = "test-taken";
    /** Processes that end while it is made. */
    private static final int EACH = 10;

    private EmptyGroupsTaken() {}

    public static void whileOneComesAndGoes(int times, Limits limits) throws Exception {
        CgroupLayout other = CgroupLayout.detect();
        Semaphore comes = new Semaphore(0);
        Thread taking = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < times * EACH; i++) {
                comes.acquireUninterruptibly();
                other.removeEmpty(OWNER);
            }
        });
        CgroupLayout layout = CgroupLayout.detect();
        Cgroup group = layout.group(OWNER, "c1", limits);
        try {
            for (int i = 0; i < times; i++) {
                comes.release(EACH);
                group.create();
                group.limit();
                group.remove();
            }
        } finally {
            comes.release(times * EACH);
            taking.join();
            group.remove();
            layout.removeEmpty(OWNER);
        }
    }
}
