package io.slipway.image;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Does several things at once, a few at a time; the first failure ends all. */
final class Together {
    private static final int AT_ONCE = 4;

    private Together() {}

    /** Something to do. */
    interface Task {
        void run() throws IOException;
    }

    /** Something to do with one of several. */
    interface Each {
        void with(int index) throws IOException;
    }

    /** The same with each of so many. */
    static void each(int count, Each each) throws IOException {
        run(IntStream.range(0, count).<Task>mapToObj(i -> () -> each.with(i)).toList());
    }

    /** In order as far as there is place. Returns when all threads have ended. */
    static void run(List<Task> tasks) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(
                Math.clamp(tasks.size(), 1, AT_ONCE),
                Thread.ofPlatform().daemon().name("layer ", 1).factory());
        ExecutorCompletionService<Void> ends = new ExecutorCompletionService<>(threads);
        for (Task task : tasks) {
            ends.submit(() -> {
                task.run();
                return null;
            });
        }
        try {
            for (int i = 0; i < tasks.size(); i++) {
                ends.take().get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while layers were on their way");
        } catch (ExecutionException e) {
            throw asIo(e.getCause() == null ? e : e.getCause());
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private static IOException asIo(Throwable cause) {
        return cause instanceof IOException io ? io : new IOException("a layer could not be taken in: " + cause, cause);
    }
}
