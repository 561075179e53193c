package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.DescriptorWatcher.News;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorWatcherTest {
    private static final int SECONDS = 60;
    private final DescriptorWatcher watcher;
    private final List<Descriptor> open = new ArrayList<>();

    DescriptorWatcherTest() throws SyscallException {
        watcher = new DescriptorWatcher("test-watcher");
    }

    @AfterEach
    void close() {
        watcher.close();
        open.forEach(Descriptor::close);
    }

    private Descriptor[] pipe() throws SyscallException {
        Descriptor[] pipe = Syscalls.pipe();
        open.addAll(List.of(pipe));
        return pipe;
    }

    private Descriptor counter() throws SyscallException {
        Descriptor counter = Syscalls.eventCounter("test");
        open.add(counter);
        return counter;
    }

    private static void count(Descriptor counter) throws SyscallException {
        Syscalls.write(
                counter,
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putLong(1)
                        .array());
    }

    private static void comes(Semaphore told) throws InterruptedException {
        assertThat(told.tryAcquire(SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** All that came before has been told once this returns. */
    private void settle() throws Exception {
        Semaphore told = new Semaphore(0);
        // In two rounds: those of the first may be told in any order.
        for (int i = 0; i < 2; i++) {
            Descriptor[] pipe = pipe();
            watcher.watch(pipe[0], News.END, told::release);
            pipe[1].close();
            comes(told);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_fails_to_follow_an_end_does_not_keep_others_from_being_told(boolean error) throws Exception {
        Descriptor[] first = pipe();
        Descriptor[] second = pipe();
        Semaphore failed = new Semaphore(0);
        Semaphore told = new Semaphore(0);
        watcher.watch(first[0], News.END, () -> fail(failed, error));
        watcher.watch(second[0], News.END, told::release);
        first[1].close();
        comes(failed);
        second[1].close();
        comes(told);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_fails_to_follow_an_event_is_done_again_at_the_next(boolean error) throws Exception {
        Descriptor counter = counter();
        Semaphore failed = new Semaphore(0);
        watcher.watch(counter, News.COUNTER, () -> fail(failed, error));
        count(counter);
        comes(failed);
        count(counter);
        comes(failed);
    }

    private static void fail(Semaphore failed, boolean error) {
        failed.release();
        if (error) {
            throw new StackOverflowError("on purpose");
        }
        throw new IllegalStateException("on purpose");
    }

    @Test
    void each_event_is_told_once_and_none_from_before_it_was_watched() throws Exception {
        Descriptor counter = counter();
        Semaphore told = new Semaphore(0);
        count(counter);
        watcher.watch(counter, News.COUNTER, told::release);
        settle();
        assertThat(told.availablePermits()).isZero();
        count(counter);
        comes(told);
        count(counter);
        comes(told);
        settle();
        assertThat(told.availablePermits()).isZero();
    }

    @Test
    void each_change_of_a_file_of_the_kernel_is_told() throws Exception {
        Path group = Files.createDirectory(
                unified().resolve("slipway-watched-" + ProcessHandle.current().pid()));
        Process process = new ProcessBuilder("sleep", "600").start();
        try {
            Descriptor events = Syscalls.open(group.resolve("cgroup.events"), Syscalls.O_RDONLY, 0);
            open.add(events);
            Semaphore told = new Semaphore(0);
            DescriptorWatcher.Watch watch = watcher.watch(events, News.FILE, told::release);
            settle();
            assertThat(told.availablePermits()).isZero();
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
            comes(told);
            process.destroyForcibly().waitFor();
            comes(told);
            watch.forget();
        } finally {
            process.destroyForcibly().waitFor();
            Files.delete(group);
        }
    }

    /** Where version 2 of control groups is mounted: its files tell of their changes. */
    private static Path unified() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(words -> words[2].equals("cgroup2"))
                .map(words -> Path.of(words[1]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void an_end_that_came_before_it_is_watched_is_told_once() throws Exception {
        Descriptor[] pipe = pipe();
        pipe[1].close();
        Semaphore told = new Semaphore(0);
        watcher.watch(pipe[0], News.END, told::release);
        comes(told);
        settle();
        assertThat(told.availablePermits()).isZero();
    }

    @Test
    void what_is_forgotten_is_neither_told_nor_read_by_whatever_has_its_number_then() throws Exception {
        Descriptor counter = counter();
        Semaphore told = new Semaphore(0);
        // Forgotten, it may be watched again.
        watcher.watch(counter, News.COUNTER, told::release).forget();
        DescriptorWatcher.Watch watch = watcher.watch(counter, News.COUNTER, told::release);
        watch.forget();
        counter.close();
        Descriptor next = counter();
        assertThat(next.number()).isEqualTo(counter.number());
        Semaphore tells = new Semaphore(0);
        watcher.watch(next, News.COUNTER, tells::release);
        watch.forget();
        count(next);
        comes(tells);
        assertThat(told.availablePermits()).isZero();
    }

    @Test
    void an_event_of_a_file_whose_number_another_has_now_is_not_told_as_the_others() throws Exception {
        Descriptor[] old = pipe();
        Semaphore told = new Semaphore(0);
        Semaphore tells = new Semaphore(0);
        watcher.watch(old[0], News.END, told::release);
        // As a child has it, to which it was left for a moment.
        int copy = Libc.fcntl(old[0].number(), 0, 0);
        old[0].close();
        Descriptor[] next = pipe();
        assertThat(next[0].number()).isEqualTo(old[0].number());
        watcher.watch(next[0], News.END, tells::release);
        old[1].close();
        comes(told);
        settle();
        assertThat(tells.availablePermits()).isZero();
        next[1].close();
        comes(tells);
        Libc.close(copy);
    }

    @Test
    void a_closed_one_takes_no_more_and_may_be_closed_again_and_by_its_own_thread() throws Exception {
        Descriptor[] pipe = pipe();
        CountDownLatch closed = new CountDownLatch(1);
        watcher.watch(pipe[0], News.END, () -> {
            watcher.close();
            closed.countDown();
        });
        pipe[1].close();
        assertThat(closed.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        watcher.close();
        watcher.close();
        Descriptor counter = counter();
        assertThatThrownBy(() -> watcher.watch(counter, News.COUNTER, () -> {}))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("closed");
    }

    /** Ends, forgetting and closing by several threads, while numbers are used again. */
    @Test
    void every_end_is_told_once_unless_it_was_forgotten() throws Exception {
        long seed = System.nanoTime();
        int each = 2_000;
        AtomicIntegerArray told = new AtomicIntegerArray(2 * each);
        boolean[] forgotten = new boolean[2 * each];
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            int first = thread * each;
            Random random = new Random(seed + thread);
            threads.add(Thread.ofPlatform()
                    .uncaughtExceptionHandler((where, e) -> failures.add(e))
                    .start(() -> endAndForget(random, first, each, told, forgotten)));
        }
        for (Thread thread : threads) {
            assertThat(thread.join(java.time.Duration.ofSeconds(SECONDS))).isTrue();
        }
        assertThat(failures).as("seed %d", seed).isEmpty();
        settle();
        assertThat(watcher.count()).isZero();
        for (int i = 0; i < 2 * each; i++) {
            int times = told.get(i);
            assertThat(times)
                    .as("seed %d, number %d", seed, i)
                    .isLessThanOrEqualTo(1)
                    .isGreaterThanOrEqualTo(forgotten[i] ? 0 : 1);
        }
    }

    private void endAndForget(Random random, int first, int each, AtomicIntegerArray told, boolean[] forgotten) {
        try {
            for (int i = first; i < first + each; i++) {
                int number = i;
                Descriptor[] pipe = Syscalls.pipe();
                Semaphore come = new Semaphore(0);
                DescriptorWatcher.Watch watch = watcher.watch(pipe[0], News.END, () -> {
                    told.incrementAndGet(number);
                    come.release();
                });
                pipe[1].close();
                forgotten[i] = random.nextBoolean();
                if (forgotten[i]) {
                    watch.forget();
                } else {
                    comes(come);
                }
                pipe[0].close();
            }
        } catch (SyscallException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
