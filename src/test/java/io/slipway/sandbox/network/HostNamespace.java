package io.slipway.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.linux.netlink.NamespaceDoor;
import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.netlink.NetlinkSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A network namespace that stands in for a host, so that the real one's links and rules are not touched; gone when it is closed. */
final class HostNamespace implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final List<Process> processes = new ArrayList<>();
    private final List<NetlinkSocket> sockets = new ArrayList<>();
    private final NamespaceDoor door = new NamespaceDoor();
    private final Process keeper;

    HostNamespace() throws Exception {
        keeper = another();
        run("ip", "link", "set", "lo", "up");
    }

    int pid() {
        return (int) keeper.pid();
    }

    /** A process in a further namespace of its own, ended with this one. */
    Process another() throws Exception {
        Process process = new ProcessBuilder("unshare", "--net", "sleep", "600").start();
        processes.add(process);
        Path own = Path.of("/proc/self/ns/net");
        Path its = Path.of("/proc/" + process.pid() + "/ns/net");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (Files.readSymbolicLink(its).equals(Files.readSymbolicLink(own))) {
            assertThat(System.nanoTime()).as("time to enter a namespace").isLessThan(deadline);
            Thread.onSpinWait();
        }
        return process;
    }

    NetlinkSocket socket(NetlinkProtocol protocol) throws IOException {
        NetlinkSocket socket = door.open(pid(), protocol);
        sockets.add(socket);
        return socket;
    }

    /** Runs a command in it; returns what it wrote. */
    String run(String... command) throws Exception {
        return run(pid(), "", command);
    }

    /** The same, with something to read. */
    String run(int namespace, String input, String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", "" + namespace, "-n"));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
        return said;
    }

    /** Starts a command in a namespace, ended with this one. */
    void start(int namespace, String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", "" + namespace, "-n"));
        line.addAll(List.of(command));
        processes.add(new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    @Override
    public void close() throws Exception {
        sockets.forEach(NetlinkSocket::close);
        door.close();
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }
}
