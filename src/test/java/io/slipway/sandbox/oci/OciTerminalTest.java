package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Descriptor;
import io.slipway.linux.TerminalReceiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OciTerminalTest extends ContainerRun {
    private CreateOptions options(Path socket) throws Exception {
        return new CreateOptions(bundle.write(), Optional.empty(), Optional.of(socket), false, false, 0);
    }

    @Test
    void aContainerHasTheTerminalWhoseMasterWasHandedOver() throws Exception {
        Path socket = directory.resolve("console");
        bundle.set("process.terminal", true)
                .set("process.consoleSize", Bundle.map("width", 99, "height", 33))
                .set("process.args", List.of("/bin/sh", "-c", "tty; stty size; echo to the console > /dev/console"));
        try (TerminalReceiver receiver = new TerminalReceiver(socket)) {
            CompletableFuture<Descriptor> taken = CompletableFuture.supplyAsync(() -> take(receiver));
            runtime.create(bundle.id(), options(socket));
            try (Descriptor terminal = taken.join()) {
                runtime.start(bundle.id());
                String told = TerminalReceiver.readAll(terminal);
                assertThat(told).isEqualTo("/dev/pts/0\r\n33 99\r\nto the console\r\n");
            }
        }
        assertThat(runtime.await(bundle.id())).isZero();
    }

    /** CVE-2025-52565: the terminal is asked of its master, and no link of the image makes another file of it. */
    @Test
    void aConsoleThatTheImageHasAsALinkToAKernelFileIsTheTerminalAllTheSame() throws Exception {
        Path socket = directory.resolve("console");
        Path dev = Files.createDirectories(bundle.rootfs().resolve("dev"));
        Files.createSymbolicLink(dev.resolve("console"), Path.of("/proc/sys/kernel/hostname"));
        bundle.set("process.terminal", true)
                .set(
                        "mounts",
                        new ArrayList<>(List.of(
                                Bundle.mount("/proc", "proc", "proc"),
                                Bundle.mount("/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666"))))
                .set("process.args", List.of("/bin/sh", "-c", "echo evil > /dev/console; hostname"));
        try (TerminalReceiver receiver = new TerminalReceiver(socket)) {
            CompletableFuture<Descriptor> taken = CompletableFuture.supplyAsync(() -> take(receiver));
            runtime.create(bundle.id(), options(socket));
            try (Descriptor terminal = taken.join()) {
                runtime.start(bundle.id());
                assertThat(TerminalReceiver.readAll(terminal)).isEqualTo("evil\r\nslipway\r\n");
            }
        }
        assertThat(runtime.await(bundle.id())).isZero();
    }

    @Test
    void aProcessThatJoinsHasATerminalOfItsOwn() throws Exception {
        Path socket = directory.resolve("console");
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        start();
        try (TerminalReceiver receiver = new TerminalReceiver(socket)) {
            CompletableFuture<Descriptor> taken = CompletableFuture.supplyAsync(() -> take(receiver));
            ExecOptions options = inTerminal(socket, List.of("sh", "-c", "tty; exit 5"));
            ExecResult result = runtime.exec(bundle.id(), options);
            try (Descriptor terminal = taken.join()) {
                assertThat(TerminalReceiver.readAll(terminal)).isEqualTo("/dev/pts/0\r\n");
            }
            assertThat(result.exitCode()).contains(5);
        }
    }

    private static Descriptor take(TerminalReceiver receiver) {
        try {
            return receiver.take();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aSupervisorOfTheTerminalWhoAcceptsNobodyIsNotWaitedForForEver() throws Exception {
        Path socket = directory.resolve("console");
        bundle.set("process.terminal", true);
        try (BusySocket _ = BusySocket.acceptingNobody(socket)) {
            assertThatThrownBy(() -> runtime.create(bundle.id(), options(socket)))
                    .isInstanceOf(OciException.class)
                    .hasMessageContaining("--console-socket " + socket)
                    .hasMessageContaining("EAGAIN")
                    .hasMessageContaining("took nothing within 10 s")
                    .hasMessageContaining("start it again");
        }
        assertThat(runtime.list()).isEmpty();
        assertThat(directory.resolve("state").toFile().list()).containsExactly(".groups");
    }

    @Test
    void aCommandThatJoinsIsKilledWhenNobodyTakesItsTerminal() throws Exception {
        Path socket = directory.resolve("console");
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        start();
        try (BusySocket _ = BusySocket.acceptingNobody(socket)) {
            ExecOptions options = inTerminal(socket, List.of("sleep", "2000"));
            assertThatThrownBy(() -> runtime.exec(bundle.id(), options))
                    .hasMessageContaining("--console-socket " + socket)
                    .hasMessageContaining("took nothing within 10 s");
        }
        assertThat(runtime.processes(bundle.id())).hasSize(1);
        assertThat(status()).isEqualTo("running");
    }

    private static ExecOptions inTerminal(Path socket, List<String> command) {
        return new ExecOptions(
                Optional.empty(),
                command,
                Optional.empty(),
                List.of(),
                true,
                Optional.empty(),
                List.of(),
                List.of(),
                false,
                false,
                Optional.empty(),
                Optional.of(socket),
                0);
    }

    @Test
    void aTerminalWithoutSomebodyWhoAttendsItIsRefused() throws Exception {
        bundle.set("process.terminal", true);
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("--console-socket");
        bundle.set("process.terminal", false);
        assertThatThrownBy(() -> runtime.create(bundle.id(), options(directory.resolve("none"))))
                .hasMessageContaining("process.terminal is not true");
    }
}
