package io.slipway.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Network;
import io.slipway.sandbox.PublishedPort;
import io.slipway.sandbox.network.BridgeNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel whose packet filter is not loaded, and that finds nobody to load it. */
class NoNftablesMachineTest {
    private static final Path LOADER = Path.of("/proc/sys/kernel/modprobe");
    private static final String BRIDGE = "slipwaynonft";

    @TempDir
    private Path temp;

    private String loader = "";
    private Process container = new ProcessBuilder("unshare", "--net", "sleep", "600").start();

    NoNftablesMachineTest() throws IOException {}

    @BeforeEach
    void unload() throws Exception {
        run("modprobe", "bridge");
        run("modprobe", "veth");
        loader = Files.readString(LOADER).strip();
        Files.writeString(LOADER, "/bin/false");
        // Each holds those that it needs, so the outermost goes first.
        for (Set<String> left = filters(), before = Set.of(); !left.equals(before); left = filters()) {
            before = left;
            for (String module : left) {
                new ProcessBuilder("rmmod", module)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            }
        }
        assertThat(filters()).isEmpty();
    }

    @AfterEach
    void load() throws Exception {
        Files.writeString(LOADER, loader);
        container.destroyForcibly().waitFor();
    }

    @Test
    void a_network_works_without_it_and_what_needs_it_is_refused_until_it_is_loaded() throws Exception {
        Connection published = new Connection(BRIDGE, List.of(PublishedPort.parse("8080:80")));
        try (BridgeNetwork network = BridgeNetwork.open(temp, BRIDGE)) {
            assertThatThrownBy(() -> network.attach("one", published, (int) container.pid()))
                    .hasMessageContaining("cannot be published")
                    .hasMessageContaining("modprobe nf_tables");
            Network.Attachment there = network.attach("one", Connection.DEFAULT, (int) container.pid());
            run("busybox", "ping", "-c", "1", "-W", "5", there.address());
            network.detach("one", Connection.DEFAULT);
        }
        Files.writeString(LOADER, loader);
        BridgeNetwork again = BridgeNetwork.open(temp, BRIDGE);
        again.attach("one", published, (int) container.pid());
        assertThat(filters()).contains("nf_tables");
        again.deleteBridge();
    }

    private static Set<String> filters() throws IOException {
        return Files.readAllLines(Path.of("/proc/modules")).stream()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .filter(name -> name.startsWith("nf_tables") || name.startsWith("nft_") || name.equals("nfnetlink"))
                .collect(Collectors.toSet());
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
    }
}
