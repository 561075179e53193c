package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Scanner;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void none_is_taken_twice_though_nobody_listens_on_the_first_yet() throws Exception {
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            assertThat(taken.add(FreePorts.take())).isTrue();
        }
    }

    @Test
    void none_is_one_that_the_kernel_may_give_to_an_outgoing_connection() throws Exception {
        String range = Files.readAllLines(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))
                .getFirst();
        assertThat(FreePorts.take()).isLessThan(new Scanner(range).nextInt());
    }

    @Test
    void one_with_a_listener_is_not_free() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(FreePorts.isFree(taken.getLocalPort())).isFalse();
        }
    }
}
