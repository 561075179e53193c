package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.CallSupervisor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls that a process outside of the container decides: SCMP_ACT_NOTIFY. */
class OciSupervisorTest extends ContainerRun {
    private static final int EROFS = 30;

    private Path supervised() {
        Path socket = directory.resolve("supervisor");
        bundle.set(
                "linux.seccomp",
                Bundle.map(
                        "defaultAction",
                        "SCMP_ACT_ALLOW",
                        "listenerPath",
                        socket.toString(),
                        "listenerMetadata",
                        "of the test",
                        "flags",
                        List.of("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
                        "syscalls",
                        List.of(Bundle.map("names", List.of("mkdir", "mkdirat"), "action", "SCMP_ACT_NOTIFY"))));
        return socket;
    }

    /** The first is said to be made, and is not; all others fail. */
    private static CallSupervisor supervisor(Path socket) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        return new CallSupervisor(socket, number -> asked.getAndIncrement() == 0 ? 0 : -EROFS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallIsDecidedByTheSupervisorWhoIsToldOfWhichContainer(boolean noNewPrivileges) throws Exception {
        bundle.set("process.noNewPrivileges", noNewPrivileges)
                .set("annotations", Bundle.map("of", "a test"))
                .script("mkdir /one && echo one; ls -d /one; mkdir /two");
        try (CallSupervisor supervisor = supervisor(supervised())) {
            int pid = runtime.create(bundle.id(), bundle.options());
            JsonNode about = JsonMapper.shared().readTree(supervisor.about());
            assertThat(about.path("fds").toString()).isEqualTo("[\"seccompFd\"]");
            assertThat(about.path("pid").asInt()).isEqualTo(pid);
            assertThat(about.path("metadata").asString()).isEqualTo("of the test");
            assertThat(about.at("/state/id").asString()).isEqualTo(bundle.id());
            assertThat(about.at("/state/pid").asInt()).isEqualTo(pid);
            assertThat(about.at("/state/status").asString()).isEqualTo("creating");
            assertThat(about.at("/state/annotations/of").asString()).isEqualTo("a test");
            runtime.start(bundle.id());
            assertThat(runtime.await(bundle.id())).isEqualTo(1);
        }
        assertThat(bundle.output())
                .contains("one\n", "ls: /one: No such file or directory")
                .contains("can't create directory '/two': Read-only file system");
    }

    @Test
    void aProcessThatJoinsIsSupervisedToo() throws Exception {
        Path socket = supervised();
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        try (CallSupervisor first = supervisor(socket)) {
            start();
            first.about();
            java.nio.file.Files.delete(socket);
            try (CallSupervisor second = supervisor(socket)) {
                ExecResult result = runtime.exec(bundle.id(), exec("mkdir /one && mkdir /two; exit $((4 + $?))"));
                assertThat(result.exitCode()).contains(5);
                JsonNode about = JsonMapper.shared().readTree(second.about());
                assertThat(about.path("pid").asInt()).isEqualTo(result.pid());
                assertThat(about.at("/state/status").asString()).isEqualTo("running");
                assertThat(about.at("/state/pid").asInt()).isNotEqualTo(result.pid());
            }
            runtime.kill(bundle.id(), 9, false);
            runtime.await(bundle.id());
        }
        assertThat(bundle.rootfs().resolve("one")).doesNotExist();
    }

    private static ExecOptions exec(String script) {
        return new ExecOptions(
                Optional.empty(),
                List.of("sh", "-c", script),
                Optional.empty(),
                List.of(),
                false,
                Optional.empty(),
                List.of(),
                List.of(),
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                0);
    }

    @Test
    void withoutAnybodyAtTheSocketNothingIsCreated() throws Exception {
        Path socket = supervised();
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("linux.seccomp.listenerPath " + socket)
                .hasMessageContaining("is the supervisor of system calls running?");
        assertThat(runtime.list()).isEmpty();
    }

    @Test
    void aSupervisorWhoReadsNothingIsNotWaitedForForEver() throws Exception {
        Path socket = supervised();
        // More than a socket's buffer holds is sent.
        bundle.set("annotations", Bundle.map("long", "x".repeat(4 << 20))).script("true");
        try (BusySocket _ = BusySocket.readingNothing(socket)) {
            assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                    .isInstanceOf(OciException.class)
                    .hasMessageContaining("linux.seccomp.listenerPath " + socket)
                    .hasMessageContaining("took nothing within 10 s");
        }
        assertThat(runtime.list()).isEmpty();
        assertThat(directory.resolve("state").toFile().list()).containsExactly(".groups");
    }

    @Test
    void withoutASocketAskingIsRefused() {
        supervised();
        bundle.without("linux.seccomp.listenerPath").without("linux.seccomp.listenerMetadata");
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("linux.seccomp cannot be used")
                .hasMessageContaining("listenerPath");
    }
}
