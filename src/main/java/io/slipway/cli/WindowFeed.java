package io.slipway.cli;

import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One arm's windows while a thread of its own reads them. Only for a file that is as most are: windows of one length, in order of time. Whatever else it
 * holds ends the feed with {@link Unusual}, and it is read as a whole instead.
 */
final class WindowFeed implements RecordedData.Sink {
    private static final int CHUNK = 64;
    private static final int CHUNKS_AHEAD = 4;
    private static final double SECONDS_MAX = 86_400;
    private static final List<MetricWindow> END = List.of();

    private final BlockingQueue<List<MetricWindow>> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
    private final Thread reader;
    private List<MetricWindow> filling = new ArrayList<>(CHUNK);
    private Iterator<MetricWindow> taking = END.iterator();
    private @Nullable MetricWindow head;
    private @Nullable MetricWindow last;
    private boolean ended;
    private volatile boolean costs;
    private volatile @Nullable RuntimeException failed;
    private volatile List<String> problems = List.of();

    /** It cannot be judged while it is read. */
    static final class Unusual extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unusual() {
            super("not windows of one length in order of time", null, false, false);
        }
    }

    WindowFeed(Path file, Arm arm) {
        this.reader = Thread.ofPlatform().daemon().name("reads " + arm).unstarted(() -> read(file, arm));
    }

    void start() {
        reader.start();
    }

    /** The reader's thread ends soon, whatever it was at. */
    void stop() {
        reader.interrupt();
    }

    private void read(Path file, Arm arm) {
        try {
            problems = RecordedData.read(file, arm, this).problems();
            put(filling);
        } catch (RuntimeException e) {
            failed = e;
        }
        try {
            put(END);
        } catch (Unusual e) {
            // Nobody waits for it.
            failed = e;
        }
    }

    @Override
    public void accept(MetricWindow window, boolean withCosts) {
        MetricWindow before = last;
        if (!(window.seconds() > 0 && window.seconds() < SECONDS_MAX)) {
            throw new Unusual();
        }
        if (before == null) {
            costs = withCosts;
        } else if (window.start().isBefore(before.start()) || window.seconds() != before.seconds()) {
            throw new Unusual();
        }
        last = window;
        filling.add(window);
        if (filling.size() == CHUNK) {
            put(filling);
            filling = new ArrayList<>(CHUNK);
        }
    }

    private void put(List<MetricWindow> chunk) {
        try {
            chunks.put(chunk);
        } catch (InterruptedException e) {
            throw new Unusual();
        }
    }

    /** The next window, which stays the next until it is taken; null at the end. */
    @Nullable
    MetricWindow peek() throws InterruptedException {
        while (head == null && !ended) {
            if (taking.hasNext()) {
                head = taking.next();
            } else {
                List<MetricWindow> chunk = chunks.take();
                ended = chunk == END;
                taking = chunk.iterator();
            }
        }
        RuntimeException why = failed;
        if (ended && why != null) {
            throw why;
        }
        return head;
    }

    void take() {
        head = null;
    }

    /** Whether the first window tells of cpu time. */
    boolean hasCosts() {
        return costs;
    }

    /** After the end: lines that were left out, and why. */
    List<String> problems() {
        return problems;
    }
}
