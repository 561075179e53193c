package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LayerPipeTest {
    private static final long ENOUGH = 1L << 30;
    private final byte[] content = content(1_500_000);

    @AfterEach
    void no_thread_is_left() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("layer-inflate")
                        || thread.getName().startsWith("layer-hash"));
    }

    @Test
    void every_way_to_compress_gives_the_same_bytes_and_digest() throws Exception {
        byte[] half = Arrays.copyOf(content, content.length / 2);
        byte[] rest = Arrays.copyOfRange(content, content.length / 2, content.length);
        for (byte[] packed : List.of(
                content,
                gzip(content),
                joined(gzip(half), gzip(rest)),
                joined(withAllFields(half), gzip(rest), new byte[700]),
                Zstd.compress(content),
                joined(Zstd.compress(half, 9), Zstd.compress(rest, 1)),
                joined(
                        skippableFrame(),
                        Zstd.compress(half),
                        skippableFrame(),
                        Zstd.compress(rest),
                        skippableFrame()))) {
            try (LayerPipe pipe = new LayerPipe(new Dribble(packed), ENOUGH)) {
                assertThat(read(pipe)).isEqualTo(content);
                assertThat(pipe.finish()).isEqualTo(Digest.of(content));
            }
        }
    }

    @Test
    void compressed_data_that_is_cut_anywhere_is_refused() throws Exception {
        byte[] small = content(3_000);
        for (UnaryOperator<byte[]> packing : List.<UnaryOperator<byte[]>>of(LayerPipeTest::gzip, Zstd::compress)) {
            byte[] packed = packing.apply(small);
            for (int cut = 4; cut < packed.length; cut += cut < 20 || cut > packed.length - 12 ? 1 : 197) {
                byte[] some = Arrays.copyOf(packed, cut);
                assertThatThrownBy(() -> drain(new ByteArrayInputStream(some), ENOUGH))
                        .as("cut at " + cut + " of " + packed.length)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("cut off");
            }
        }
    }

    @Test
    void damaged_data_never_passes_for_the_layer() throws Exception {
        Random random = new Random(7);
        byte[] small = content(3_000);
        for (byte[] packed : List.of(gzip(small), Zstd.compress(small))) {
            for (int i = 0; i < 300; i++) {
                byte[] damaged = packed.clone();
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                try {
                    Digest found = drain(new ByteArrayInputStream(damaged), ENOUGH);
                    assertThat(found.equals(Digest.of(small)) || !Arrays.equals(damaged, packed))
                            .isTrue();
                } catch (IOException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void a_source_that_fails_is_told_from_a_damaged_layer_and_is_read_to_its_end() throws Exception {
        byte[] packed = joined(gzip(content), new byte[10]);
        for (int at : new int[] {0, 100, packed.length / 2, packed.length}) {
            IOException failure = new IOException("connection lost at " + at);
            assertThatThrownBy(() -> drain(failingAt(packed, at, failure), ENOUGH))
                    .isInstanceOfSatisfying(
                            CompressedInput.SourceFailed.class,
                            e -> assertThat(e.failure()).isSameAs(failure));
        }
    }

    @Test
    void more_than_the_bound_is_not_inflated() throws Exception {
        byte[] bomb = gzip(new byte[64 << 20]);
        assertThatThrownBy(() -> drain(new ByteArrayInputStream(bomb), 8 << 20))
                .hasMessageContaining("decompression bomb");
    }

    @Test
    void closing_ends_a_source_that_waits_and_one_that_would_give_forever() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                reading.countDown();
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
                throw new IOException("closed");
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        LayerPipe waiting = new LayerPipe(silent, ENOUGH);
        reading.await();
        waiting.close();
        LayerPipe full = new LayerPipe(new ByteArrayInputStream(content), ENOUGH);
        assertThat(full.next(1).remaining()).isEqualTo(1);
        full.close();
    }

    @Test
    void a_reader_that_is_interrupted_stops_waiting() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
                return -1;
            }

            @Override
            public void close() {
                never.countDown();
            }
        };
        Thread reader = Thread.ofPlatform().start(() -> {
            try (LayerPipe pipe = new LayerPipe(silent, ENOUGH)) {
                pipe.next(1);
            } catch (IOException e) {
                thrown.set(e);
            }
        });
        reader.interrupt();
        reader.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    }

    private static Digest drain(InputStream packed, long max) throws IOException {
        try (LayerPipe pipe = new LayerPipe(packed, max)) {
            return pipe.finish();
        }
    }

    private static byte[] read(LayerPipe pipe) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuffer some = pipe.next(100_001); some.hasRemaining(); some = pipe.next(100_001)) {
            byte[] bytes = new byte[some.remaining()];
            some.get(bytes);
            all.write(bytes);
        }
        return all.toByteArray();
    }

    /** Compressible, but not by much. */
    private static byte[] content(int length) {
        Random random = new Random(42);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt(50);
        }
        return bytes;
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    /** A gzip member with the optional fields of its header: extra, name, comment, check sum. */
    private static byte[] withAllFields(byte[] content) throws IOException {
        byte[] plain = gzip(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(plain, 0, 3);
        out.write(2 | 4 | 8 | 16);
        out.write(plain, 4, 6);
        out.write(new byte[] {3, 0, 'x', 'y', 'z', 'n', 'a', 0, 'c', 0, 9, 9});
        out.write(plain, 10, plain.length - 10);
        return out.toByteArray();
    }

    private static byte[] skippableFrame() {
        return new byte[] {0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5};
    }

    private static byte[] joined(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return all.toByteArray();
    }

    private static InputStream failingAt(byte[] bytes, int at, IOException failure) {
        return new InputStream() {
            private int position;

            @Override
            public int read() throws IOException {
                if (position == at) {
                    throw failure;
                }
                return bytes[position++] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (position == at) {
                    throw failure;
                }
                int count = Math.min(length, at - position);
                System.arraycopy(bytes, position, into, offset, count);
                position += count;
                return count;
            }
        };
    }

    /** Gives a different number of bytes each time, as a network does. */
    private static final class Dribble extends ByteArrayInputStream {
        private final Random random = new Random(3);

        Dribble(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, 1 + random.nextInt(Math.min(length, 50_000)));
        }
    }
}
