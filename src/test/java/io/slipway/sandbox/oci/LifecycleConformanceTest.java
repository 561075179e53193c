package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The specification's life of a container (runtime.md); src/docs/oci-conformance.md says which file of runtime-tools each test stands for. */
class LifecycleConformanceTest extends ContainerRun {
    private Map<String, Object> hook(String text) {
        return Bundle.map("path", "/bin/sh", "args", List.of("sh", "-c", text));
    }

    private Map<String, Object> writing(String word) {
        return hook("echo " + word + " >> " + bundle.rootfs().resolve("out"));
    }

    private static final Map<String, Object> FAILING = Bundle.map("path", "/bin/false", "args", List.of("false"));

    @Test
    void createNeedsAnIdThatIsNotTaken() throws Exception {
        assertThatThrownBy(() -> runtime.create("", bundle.options())).hasMessageContaining("no id");
        runtime.create(bundle.id(), bundle.options());
        assertThat(status()).isEqualTo("created");
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options())).hasMessageContaining("already exists");
    }

    @Test
    void startRunsWhatIsCreatedAndNothingElse() throws Exception {
        assertThatThrownBy(() -> runtime.start("")).isInstanceOf(OciException.class);
        assertThatThrownBy(() -> runtime.start(bundle.id())).hasMessageContaining("does not exist");
        bundle.set("process.args", List.of("/bin/sh", "-c", "echo process called >> /out"));
        assertThat(run()).isZero();
        assertThatThrownBy(() -> runtime.start(bundle.id())).hasMessageContaining("that is stopped");
        assertThat(bundle.output()).isEqualTo("process called\n");
        runtime.delete(bundle.id(), false);
        bundle.without("process");
        runtime.create(bundle.id(), bundle.options());
        assertThatThrownBy(() -> runtime.start(bundle.id())).hasMessageContaining("no process section");
    }

    @Test
    void stateOfWhatIsNotThereIsAnErrorAndOfWhatIsThereItsState() throws Exception {
        assertThatThrownBy(() -> runtime.state("")).isInstanceOf(OciException.class);
        assertThatThrownBy(() -> runtime.state(bundle.id())).hasMessageContaining("does not exist");
        bundle.set("annotations", Bundle.map("org.example", "x"));
        runtime.create(bundle.id(), bundle.options());
        Node state = JsonDocument.read(runtime.state(bundle.id()), "state");
        assertThat(state.at("ociVersion").text()).isEqualTo("1.3.0");
        assertThat(state.at("id").text()).isEqualTo(bundle.id());
        assertThat(state.at("bundle").text()).isEqualTo(bundle.directory().toString());
        assertThat(state.at("annotations").at("org.example").text()).isEqualTo("x");
    }

    @Test
    void killReachesCreatedAndRunningContainersAndIsAnErrorOtherwise() throws Exception {
        assertThatThrownBy(() -> runtime.kill("", 9, false)).isInstanceOf(OciException.class);
        assertThatThrownBy(() -> runtime.kill(bundle.id(), 9, false)).hasMessageContaining("does not exist");
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        runtime.create(bundle.id(), bundle.options());
        runtime.kill(bundle.id(), Signal.SIGKILL, false);
        assertThat(runtime.await(bundle.id())).isEqualTo(137);
        assertThatThrownBy(() -> runtime.kill(bundle.id(), 9, false)).hasMessageContaining("is stopped");
        runtime.delete(bundle.id(), false);
        start();
        runtime.kill(bundle.id(), Signal.SIGKILL, false);
        assertThat(runtime.await(bundle.id())).isEqualTo(137);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "USR1", "USR2", "HUP", "INT"})
    void eachSignalIsTheOneThatWasSent(String signal) throws Exception {
        bundle.script("trap 'echo got " + signal + "; exit 0' " + signal + "; echo ready; while true; do :; done");
        start();
        await(() -> lines().contains("ready"));
        runtime.kill(bundle.id(), Signal.number(signal), false);
        assertThat(runtime.await(bundle.id())).isZero();
        assertThat(bundle.output()).isEqualTo("ready\ngot " + signal + "\n");
    }

    private String lines() {
        try {
            return Files.exists(bundle.rootfs().resolve("out")) ? bundle.output() : "";
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void aSignalToWhatIsStoppedChangesNothing() throws Exception {
        run();
        byte[] before = runtime.state(bundle.id());
        assertThatThrownBy(() -> runtime.kill(bundle.id(), 9, false)).isInstanceOf(OciException.class);
        assertThat(runtime.state(bundle.id())).isEqualTo(before);
    }

    @Test
    void deleteTakesOnlyWhatIsStopped() throws Exception {
        assertThatThrownBy(() -> runtime.delete("", false)).isInstanceOf(OciException.class);
        assertThatThrownBy(() -> runtime.delete(bundle.id(), false)).hasMessageContaining("does not exist");
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        runtime.create(bundle.id(), bundle.options());
        assertThatThrownBy(() -> runtime.delete(bundle.id(), false)).hasMessageContaining("that is created");
        assertThat(status()).isEqualTo("created");
        runtime.start(bundle.id());
        assertThatThrownBy(() -> runtime.delete(bundle.id(), false)).hasMessageContaining("that is running");
        assertThat(status()).isEqualTo("running");
        runtime.kill(bundle.id(), Signal.SIGKILL, false);
        runtime.await(bundle.id());
        runtime.delete(bundle.id(), false);
        // The id is free again.
        runtime.create(bundle.id(), bundle.options());
    }

    @Test
    void deleteRemovesTheControlGroupsThatCreateMade() throws Exception {
        run();
        List<Path> groups = runtime.find(bundle.id()).cgroup().directories();
        assertThat(groups).isNotEmpty().allSatisfy(group -> assertThat(group).isDirectory());
        runtime.delete(bundle.id(), false);
        assertThat(groups).allSatisfy(group -> assertThat(group).doesNotExist());
    }

    @Test
    void deleteLeavesAGroupThatItDidNotMake() throws Exception {
        Path root = Hierarchies.detect().roots().getFirst();
        Path foreign = Files.createDirectory(root.resolve("slipway-foreign-" + bundle.id()));
        try {
            bundle.set("process.args", List.of("/bin/sleep", "1000"));
            int pid = start();
            Files.writeString(foreign.resolve("cgroup.procs"), Integer.toString(pid));
            runtime.kill(bundle.id(), Signal.SIGKILL, false);
            runtime.await(bundle.id());
            runtime.delete(bundle.id(), false);
            assertThat(foreign).isDirectory();
        } finally {
            await(() -> foreign.toFile().delete());
        }
    }

    @Test
    void thePidFileHoldsThePid() throws Exception {
        Path file = directory.resolve("pid");
        CreateOptions options = new CreateOptions(bundle.write(), Optional.of(file), Optional.empty(), false, false, 0);
        int pid = runtime.create(bundle.id(), options);
        assertThat(Files.readString(file)).isEqualTo(Integer.toString(pid));
        Node state = JsonDocument.read(runtime.state(bundle.id()), "state");
        assertThat(state.at("pid").integer(1, Integer.MAX_VALUE)).isEqualTo(pid);
    }

    @Test
    void aChangeOfTheConfigAfterCreateHasNoEffect() throws Exception {
        bundle.script("echo first");
        runtime.create(bundle.id(), bundle.options());
        bundle.script("echo second").write();
        runtime.start(bundle.id());
        runtime.await(bundle.id());
        assertThat(bundle.output()).isEqualTo("first\n");
    }

    @Test
    void unknownPropertiesAndAnnotationsArePassedOverAndInvalidValuesAreNot() throws Exception {
        bundle.set("unknown", Bundle.map("a", 1)).set("linux.unknown", "x").set("process.unknown", List.of());
        bundle.set("annotations", Bundle.map("org." + bundle.id(), ""));
        assertThat(run()).isZero();
        runtime.delete(bundle.id(), false);
        bundle.set("ociVersion", "invalid");
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessage("ociVersion is \"invalid\"; write a version as \"1.3.0\" (semver 2.0.0)");
    }

    @Test
    void hooksRunInTheOrderOfTheSpecificationAndWithinOnePointInTheirOwn() throws Exception {
        bundle.set("process.args", List.of("/bin/sh", "-c", "echo process >> /out"))
                .set("hooks.prestart", List.of(writing("prestart1"), writing("prestart2")))
                .set("hooks.createRuntime", List.of(writing("createRuntime")))
                .set("hooks.createContainer", List.of(writing("createContainer")))
                .set("hooks.startContainer", List.of(hook("echo startContainer >> /out")))
                .set("hooks.poststart", List.of(writing("poststart1"), writing("poststart2")))
                .set("hooks.poststop", List.of(writing("poststop1"), writing("poststop2")));
        runtime.create(bundle.id(), bundle.options());
        assertThat(bundle.output()).isEqualTo("prestart1\nprestart2\ncreateRuntime\ncreateContainer\n");
        runtime.start(bundle.id());
        runtime.await(bundle.id());
        runtime.delete(bundle.id(), false);
        assertThat(bundle.output().lines().filter(line -> !line.equals("process")))
                .containsExactly(
                        "prestart1",
                        "prestart2",
                        "createRuntime",
                        "createContainer",
                        "startContainer",
                        "poststart1",
                        "poststart2",
                        "poststop1",
                        "poststop2");
        assertThat(bundle.output().lines().toList().indexOf("process")).isGreaterThan(4);
    }

    @Test
    void aHookReadsTheStateOnItsStandardInput() throws Exception {
        String rootfs = bundle.rootfs().toString();
        bundle.set("annotations", Bundle.map("a", "b"))
                .set("hooks.createRuntime", List.of(hook("cat > " + rootfs + "/create")))
                .set("hooks.startContainer", List.of(hook("cat > /start")))
                .set("hooks.poststart", List.of(hook("cat > " + rootfs + "/running")))
                .set("hooks.poststop", List.of(hook("cat > " + rootfs + "/stopped")));
        int pid = start();
        runtime.await(bundle.id());
        runtime.delete(bundle.id(), false);
        for (String[] expected : new String[][] {
            {"create", "creating"}, {"start", "created"}, {"running", "running"}, {"stopped", "stopped"}
        }) {
            Node state = JsonDocument.read(Files.readAllBytes(bundle.rootfs().resolve(expected[0])), "state");
            assertThat(state.at("id").text()).isEqualTo(bundle.id());
            assertThat(state.at("status").text()).isEqualTo(expected[1]);
            assertThat(state.at("bundle").text()).isEqualTo(bundle.directory().toString());
            assertThat(state.at("annotations").at("a").text()).isEqualTo("b");
            boolean alive = !expected[0].equals("stopped");
            assertThat(state.at("pid").integer(0, Integer.MAX_VALUE)).isEqualTo(alive ? pid : 0);
        }
    }

    @Test
    void containerHooksRunInTheContainersNamespaces() throws Exception {
        bundle.set(
                        "hooks.createContainer",
                        List.of(hook("hostname > " + bundle.rootfs().resolve("name"))))
                .set("hooks.startContainer", List.of(hook("hostname > /started; ls / > /root")));
        run();
        assertThat(bundle.rootfs().resolve("name")).hasContent("slipway");
        assertThat(bundle.rootfs().resolve("started")).hasContent("slipway");
        assertThat(Files.readString(bundle.rootfs().resolve("root"))).doesNotContain("usr");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer"})
    void aHookThatFailsBeforeTheStartUndoesTheCreate(String point) throws Exception {
        bundle.set("hooks." + point, List.of(FAILING, writing("second"))).script("echo process");
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageStartingWith("hooks." + point + "[0], the hook /bin/false, exited 1");
        assertThatThrownBy(() -> runtime.state(bundle.id())).hasMessageContaining("does not exist");
        assertThat(bundle.rootfs().resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer", "startContainer"})
    void aHookWhoseProgramCannotBeRunIsToldByItsPlaceAndItsEnvironmentIsNot(String point) throws Exception {
        bundle.set(
                "hooks." + point,
                List.of(
                        Bundle.map("path", "/bin/true"),
                        Bundle.map("path", "/nonexist", "env", List.of("KEY=secret"))));
        assertThatThrownBy(this::start)
                .hasMessageStartingWith("hooks." + point + "[1].path is \"/nonexist\", which could not be run")
                .hasMessageContaining("execve: ENOENT (no such file or directory)")
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("first process");
    }

    @Test
    void aStartContainerHookThatFailsStopsTheContainer() throws Exception {
        bundle.set("hooks.startContainer", List.of(FAILING)).script("echo process");
        bundle.set("hooks.startContainer", List.of(Bundle.map("path", "/bin/false")));
        runtime.create(bundle.id(), bundle.options());
        assertThatThrownBy(() -> runtime.start(bundle.id()))
                .hasMessageStartingWith("hooks.startContainer[0], the hook /bin/false, exited 1");
        assertThat(runtime.await(bundle.id())).isEqualTo(137);
        assertThat(status()).isEqualTo("stopped");
        assertThat(bundle.rootfs().resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"poststart", "poststop"})
    void aHookThatFailsAfterTheStartIsOnlyWarnedOf(String point) throws Exception {
        bundle.set("hooks." + point, List.of(FAILING, writing("second")));
        run();
        runtime.delete(bundle.id(), false);
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith(point + ": hooks." + point + "[0], the hook /bin/false, exited 1");
        if (point.equals("poststop")) {
            assertThat(bundle.output()).isEqualTo("second\n");
        }
    }

    @Test
    void aHookThatDoesNotEndInItsTimeIsKilled() throws Exception {
        Map<String, Object> slow = hook("exec sleep 1000");
        slow.put("timeout", 1);
        bundle.set("hooks.createRuntime", List.of(slow));
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("did not end within its timeout of 1 s");
    }
}
