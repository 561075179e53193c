package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LibrarySha256Test {
    @Test
    void it_gives_what_the_jdk_gives_however_the_bytes_come() throws Exception {
        Random random = new Random(11);
        MessageDigest ours = LibrarySha256.open().orElseThrow();
        MessageDigest jdk = MessageDigest.getInstance("SHA-256");
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 30; i++) {
                byte[] bytes = new byte[random.nextInt(300)];
                random.nextBytes(bytes);
                jdk.update(bytes);
                feed(ours, bytes, i % 4);
            }
            assertThat(ours.digest()).isEqualTo(jdk.digest());
        }
    }

    private static void feed(MessageDigest digest, byte[] bytes, int way) {
        switch (way) {
            case 0 -> digest.update(bytes);
            case 1 -> {
                byte[] within = new byte[bytes.length + 20];
                System.arraycopy(bytes, 0, within, 7, bytes.length);
                digest.update(within, 7, bytes.length);
            }
            case 2 -> {
                ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 5);
                direct.position(5).put(bytes).position(5);
                digest.update(direct);
                assertThat(direct.hasRemaining()).isFalse();
            }
            default -> {
                digest.update(ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length)));
                digest.update(new byte[0]);
            }
        }
    }

    @Test
    void what_was_fed_before_a_reset_does_not_count() throws Exception {
        MessageDigest digest = LibrarySha256.open().orElseThrow();
        digest.update((byte) 'x');
        digest.reset();
        digest.update((byte) 'y');
        assertThat(digest.digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(new byte[] {'y'}));
    }
}
