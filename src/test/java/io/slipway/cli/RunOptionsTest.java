package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.image.ImageConfig;
import io.slipway.image.LayoutWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class RunOptionsTest extends RuntimeByHand {
    private static final String UPTIME = "read up idle < /proc/uptime; echo ${up%%.*}";

    private JsonNode inspect(String id) throws Exception {
        return slipway("inspect", "--output", "json", id).json();
    }

    @Test
    void mounts_are_as_asked() throws Exception {
        Path data = Files.createDirectory(temp.resolve("host"));
        Files.writeString(data.resolve("in"), "bound ");
        Path key = Files.writeString(temp.resolve("key"), "t0p-s3cr3t");
        Ran ran = slipway(
                "run",
                "--name",
                "c1",
                "--read-only",
                "--volume",
                data + ":/bound:ro:idmap",
                "--volume",
                "kept:/kept",
                "--tmpfs",
                "/scratch:size=1MiB,mode=700",
                "--secret",
                "key=" + key,
                image,
                "sh",
                "-c",
                "cat /bound/in /run/secrets/key; echo x > /kept/x; echo y > /scratch/y; echo z > /z");
        assertThat(ran.out()).isEqualTo("bound t0p-s3cr3t");
        assertThat(ran.err()).contains("can't create /z: Read-only file system").doesNotContain("/scratch", "/kept");
        String shown = inspect("c1").toString();
        assertThat(shown)
                .contains(
                        "\"readOnly\":true", "{\"type\":\"secret\",\"source\":\"key\",\"target\":\"/run/secrets/key\"")
                .contains("{\"type\":\"volume\",\"source\":\"kept\",\"target\":\"/kept\"")
                .contains("\"sizeBytes\":1048576,\"mode\":\"700\"")
                .doesNotContain("t0p-s3cr3t");
        assertThat(slipway("volume", "rm", "kept").err()).contains("volume kept is of container c1; remove that first");
        slipway("rm", "c1");
        assertThat(slipway("run", "--rm", "--volume", "kept:/v:ro", image, "cat", "/v/x")
                        .out())
                .isEqualTo("x\n");
        assertThat(slipway("volume", "ls").out()).contains("kept");
        assertThat(slipway("volume", "rm", "kept").code()).isZero();
        assertThat(slipway("volume", "ls", "--output", "json").json()).isEmpty();
        assertThat(slipway("volume", "rm", "kept").err()).contains("there is no volume 'kept'");
    }

    @Test
    void a_container_is_asked_to_end_by_the_signal_that_it_was_run_with_or_its_image_names() throws Exception {
        String script = "trap 'exit 9' QUIT; echo up; while true; do sleep 0.1; done";
        slipway("run", "--detach", "--name", "c1", "--stop-signal", "QUIT", image, "sh", "-c", script);
        slipway("run", "--detach", "--name", "c2", named("SIGQUIT"), "sh", "-c", script);
        slipway("run", "--detach", "--name", "c3", "--stop-signal", "KILL", named("SIGQUIT"), "sh", "-c", script);
        for (String id : List.of("c1", "c2", "c3")) {
            awaitUp(id);
        }
        assertThat(slipway("stop", "c1", "c2", "c3").out())
                .contains("c1 exited 9", "c2 exited 9", "c3 killed by SIGKILL");
        assertThat(slipway("run", "--rm", "--stop-signal", "SIGNOPE", image, "true")
                        .err())
                .contains("--stop-signal: 'SIGNOPE' is not a signal");
        assertThat(slipway("run", "--rm", named("nonsense"), "true").err())
                .contains("the image's stop signal is passed over: 'nonsense' is not a signal");
    }

    private void awaitUp(String id) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!slipway("logs", id).out().contains("up")) {
            assertThat(System.nanoTime()).as("%s is not up", id).isLessThan(end);
        }
    }

    /** The usual image, with a stop signal. */
    private String named(String signal) throws Exception {
        Path directory = temp.resolve(signal);
        LayoutWriter writer = LayoutWriter.open(directory);
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        LayoutWriter.Layer layer = writer.layer(tar -> {
            tar.directory("bin", 0755).file("bin/busybox", busybox, 0755);
            for (String applet : List.of("sh", "sleep", "true")) {
                tar.symlink("bin/" + applet, "busybox");
            }
        });
        ImageConfig plain = ImageConfig.of(List.of(), new LinkedHashMap<>(Map.of("PATH", "/bin")), List.of());
        ImageConfig config = new ImageConfig(
                plain.entrypoint(),
                plain.cmd(),
                plain.env(),
                plain.user(),
                plain.workingDir(),
                plain.exposedPorts(),
                plain.architecture(),
                plain.os(),
                plain.labels(),
                signal);
        writer.image("1", config, List.of(layer));
        writer.finish();
        return "oci:" + directory;
    }

    @Test
    void what_people_type_elsewhere_is_understood_or_answered_with_what_to_do() throws Exception {
        Ran ran = slipway("run", "--rm", "-e", "A=1", "-u", "1000", "-m", "64MiB", image, "sh", "-c", "echo $A; id -u");
        assertThat(ran.out()).as(ran.err()).isEqualTo("1\n1000\n");
        Ran terminal = slipway("run", "-dit", "--rm", image, "sh");
        assertThat(terminal.code()).isEqualTo(2);
        assertThat(terminal.err()).contains("slipway exec -it");
    }

    @Test
    void an_environment_is_of_the_image_then_of_files_then_of_the_line() throws Exception {
        Path first = Files.writeString(temp.resolve("first"), "GREETING=first\nA=first\nB=first\nPATH\n");
        Path second = Files.writeString(temp.resolve("second"), "A=second\n");
        Ran ran = slipway(
                "run",
                "--rm",
                "--env-file",
                first.toString(),
                "--env-file",
                second.toString(),
                "-e",
                "B=line",
                "-e",
                "PATH=/bin",
                "-e",
                "HOME",
                "-e",
                "NOT_SET_ANYWHERE",
                image,
                "sh",
                "-c",
                "echo $GREETING $A $B $PATH $HOME ${NOT_SET_ANYWHERE-none}");
        assertThat(ran.out()).isEqualTo("first second line /bin " + System.getenv("HOME") + " none\n");
        assertThat(ran.err()).contains("warning: -e NOT_SET_ANYWHERE: it is not set here");
        Files.writeString(second, "A=1\nB 2\n");
        Ran malformed = slipway("run", "--env-file", second.toString(), image, "true");
        assertThat(malformed.code()).isEqualTo(ExitCode.USAGE);
        assertThat(malformed.err()).contains("--env-file " + second + ", line 2: the name 'B 2' has a blank in it");
    }

    @Test
    void an_entrypoint_of_the_line_takes_the_place_of_the_images_words() throws Exception {
        String worded = image.replace(":bare", ":1");
        assertThat(slipway("run", "--rm", worded).out()).isEqualTo("hello\n");
        assertThat(slipway("run", "--rm", "--entrypoint", "echo", worded).out()).isEqualTo("\n");
        assertThat(slipway("run", "--rm", "--entrypoint", "echo", worded, "a", "b")
                        .out())
                .isEqualTo("a b\n");
        assertThat(slipway("run", "--rm", "--entrypoint", "", worded, "echo", "c")
                        .out())
                .isEqualTo("c\n");
        Ran none = slipway("run", "--entrypoint", "", worded);
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("--entrypoint '' leaves the image's entrypoint and command out; say one");
        Ran missing = slipway("run", "--rm", "--entrypoint", "nothing-like-it", worded);
        assertThat(missing.code()).isEqualTo(127);
    }

    @Test
    void clocks_are_as_asked() throws Exception {
        Ran ran = slipway("run", "--name", "c1", "--time-offset", "boottime=9000d", image, "sh", "-c", UPTIME);
        assertThat(Long.parseLong(ran.out().strip())).as(ran.err()).isGreaterThan(9000L * 86400);
        JsonNode time = inspect("c1").at("/namespaces/time");
        assertThat(time.path("of").asString()).isEqualTo("itself");
        assertThat(time.path("boottimeOffsetSeconds").asLong()).isEqualTo(9000L * 86400);
        assertThat(time.path("monotonicOffsetSeconds").asLong()).isZero();
        assertThat(slipway("run", "--time-offset", "bootime=1d", image, "true").err())
                .contains("there is no such clock", "boottime");
        assertThat(slipway("run", "--time-offset", "boottime=later", image, "true")
                        .err())
                .contains("--time-offset boottime later is not a duration");
    }

    @Test
    void privileges_are_as_asked() throws Exception {
        Ran ran = slipway(
                "run",
                "--name",
                "c1",
                "--cap-drop",
                "all",
                "--cap-add",
                "net_raw",
                "--ulimit",
                "nofile=32:64",
                "--oom-score-adj",
                "250",
                "--group-add",
                "77",
                "--sysctl",
                "net.ipv4.ip_unprivileged_port_start=80",
                image,
                "sh",
                "-c",
                "grep CapEff /proc/self/status; ulimit -n; cat /proc/self/oom_score_adj; id -G;"
                        + " cat /proc/sys/net/ipv4/ip_unprivileged_port_start");
        assertThat(ran.out()).isEqualTo("CapEff:\t0000000000002000\n32\n250\n0 77\n80\n");
        JsonNode shown = inspect("c1");
        assertThat(shown.path("capabilities").toString()).isEqualTo("[\"CAP_NET_RAW\"]");
        assertThat(shown.path("resourceLimits").path("nofile").path("hard").asLong())
                .isEqualTo(64);
        assertThat(shown.path("oomScoreAdj").asInt()).isEqualTo(250);
        assertThat(shown.path("sysctls").toString()).contains("ip_unprivileged_port_start\":\"80\"");
    }

    @Test
    void what_is_shared_with_the_host_or_another_container_is_shown_with_the_reason() throws Exception {
        slipway("run", "--detach", "--name", "c1", "--hostname", "web", image, "sleep", "1000");
        Ran joined = slipway(
                "run", "--name", "c2", "--join", "c1:uts,pid", image, "sh", "-c", "cat /etc/hostname; hostname");
        assertThat(joined.out()).isEqualTo("c2\nweb\n");
        assertThat(inspect("c2").path("namespaces").path("uts").toString())
                .isEqualTo("{\"of\":\"container\",\"container\":\"c1\"}");
        assertThat(slipway("run", "--rm", "--network", "container:c1", image, "sh", "-c", "exit 3")
                        .code())
                .isEqualTo(3);
        String map = slipway("exec", "c1", "cat", "/proc/self/uid_map").out();
        assertThat(slipway("run", "--rm", "--join", "c1:user", image, "sh", "-c", "cat /proc/self/uid_map; hostname")
                        .out())
                .startsWith(map)
                .doesNotContain("web");
        wrong("there can be joined: user, pid, net, ipc, uts", "--join", "c1:cgroup");
        wrong("there is no namespace 'mnt'", "--join", "c1:mnt");
        slipway("run", "--name", "c4", "--ids", "store", image, "true");
        assertThat(inspect("c4")
                        .path("namespaces")
                        .path("user")
                        .path("firstHostId")
                        .asInt())
                .isEqualTo(100_000);
        slipway("run", "--name", "c3", "--host-namespace", "net=counts packets", image, "true");
        assertThat(inspect("c3").path("namespaces").path("net").toString())
                .isEqualTo("{\"of\":\"host\",\"reason\":\"counts packets\"}");
        assertThat(inspect("c3").path("namespaces").path("ipc").path("of").asString())
                .isEqualTo("itself");
        slipway("rm", "--force", "c1");
    }

    @Test
    void wrong_options_are_wrong_usage_and_say_what_is_right() throws Exception {
        wrong("there is no capability 'NET_RAWE'; did you mean CAP_NET_RAW?", "--cap-add", "NET_RAWE");
        wrong("there is no resource limit 'nofiles'; did you mean nofile?", "--ulimit", "nofiles=1");
        wrong("is not NAME=SOFT", "--ulimit", "nofile");
        wrong("'many' is neither a number nor 'unlimited'", "--ulimit", "nofile=many");
        wrong("kernel parameter vm.swappiness is the whole host's", "--sysctl", "vm.swappiness=1");
        wrong("there is no namespace 'nets'; did you mean net?", "--host-namespace", "nets=x");
        wrong("without a reason", "--host-namespace", "net= ");
        wrong("--host-namespace net='why'", "--network", "host");
        wrong("Invalid value for option '--ids'", "--ids", "mine");
        wrong("is not ID:NS", "--join", "c1");
        wrong("of one container can be joined", "--join", "a:net", "--join", "b:ipc");
        wrong("'huge' is none of size=64MiB", "--tmpfs", "/x:huge");
        wrong("must be an absolute path below /", "--tmpfs", "x");
        wrong("would cover what the kernel tells", "--volume", "v:/proc");
        wrong("there is no /nowhere", "--volume", "/nowhere:/x");
        wrong("is not SOURCE:PATH", "--volume", "/tmp:/x:rw:ro");
        wrong("leave :idmap out", "--volume", "v:/x:idmap");
        wrong("is no name for a volume", "--volume", "..:/x");
        wrong("two mounts have the target /x", "--tmpfs", "/x", "--volume", "v:/x");
        wrong("is not NAME=FILE", "--secret", "name");
        wrong("there is no file /nowhere", "--secret", "a=/nowhere");
        wrong("--secret a=/etc/hostname:/proc/x: mount target '/proc/x' would", "--secret", "a=/etc/hostname:/proc/x");
        wrong("--secret a=/etc/hostname:/: mount target '/' must be", "--secret", "a=/etc/hostname:/");
        wrong("--secret ../a=/etc/hostname: mount target '/run/secrets/../a'", "--secret", "../a=/etc/hostname");
        wrong("a secret has no name", "--secret", " =/etc/hostname");
        wrong("1001 is not between -1000 and 1000", "--oom-score-adj", "1001");
        wrong("host name 'a_b' is none (RFC 1123)", "--hostname", "a_b");
        wrong("host name '" + "a".repeat(65) + "' is none", "--hostname", "a".repeat(65));
        wrong("an environment variable has no name", "--env", "=info");
        wrong("working directory 'srv' is not absolute; write it from /", "--workdir", "srv");
        wrong("group '65536' is neither a name", "--group-add", "65536");
        wrong("group '-1' is neither a name", "--group-add", "-1");
        wrong("is empty or has a control character", "--sysctl", "net.ipv4.ip_forward=1\n0");
        wrong("See 'slipway run --help'.", "--sysctl", "net.ipv4.ip_forward=1\n0");
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "../x", "a/b", "-x", "_x", "*", " ", "a b", "a\nb", "a\u001b[31mb", "\u00fc"})
    void a_name_that_no_container_can_have_is_wrong_usage_and_told_as_the_name(String name) throws Exception {
        String shown = name.replaceAll("\\p{Cntrl}", "?");
        wrong("slipway: --name '" + shown + "' is no id for a container: write 1 to 63 letters", "--name=" + name);
        wrong("beginning with a letter or digit\nSee 'slipway run --help'.\n", "--name=" + name);
    }

    @Test
    void a_name_is_as_long_as_a_host_name_may_be() throws Exception {
        wrong("is no id for a container", "--name", "a".repeat(64));
        assertThat(slipway("run", "--rm", "--name", "a".repeat(63), image, "hostname")
                        .out())
                .isEqualTo("a".repeat(63) + "\n");
    }

    @Test
    void wrong_limits_say_the_value_what_is_right_and_how_it_is_written() throws Exception {
        wrong("--memory 5 is not a size: write a whole number and KiB, MiB, GiB or TiB, as 64MiB", "--memory", "5");
        wrong("--memory -5MiB is not a size", "--memory", "-5MiB");
        wrong("--memory 64m is not a size", "--memory", "64m");
        wrong("did you mean 64MiB?", "--memory", "64m");
        wrong("did you mean 1536MiB?", "--memory", "1.5GB");
        wrong("did you mean 64MiB?", "--memory", "67108864");
        wrong("memory 0 bytes is below 1 MiB", "--memory", "0MiB");
        wrong("--memory 8388608TiB is more than can be counted", "--memory", "8388608TiB");
        wrong("cpu -1 is not within 0.01 and", "--cpu", "-1");
        wrong("--cpu 1e3 is not a number of cores: write 0.01 or more", "--cpu", "1e3");
        wrong("cpu 0.001 is not within 0.01 and", "--cpu", "0.001");
        wrong("cores of this host; ask for 0.01 to", "--cpu", "100000");
        wrong("pids 1 is not within 2 and 4194304", "--pids", "1");
        wrong("pids -7 is not within 2 and 4194304", "--pids", "-7");
        wrong("pids 4194305 is not within", "--pids", "4194305");
        wrong("--pids 99999999999 is not a number of processes: write 2 to 4194304", "--pids", "99999999999");
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    @Test
    void more_memory_than_the_host_has_is_noted_and_taken() throws Exception {
        Ran ran = slipway("run", "--rm", "--memory", "4096TiB", image, "true");
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).contains("slipway: note: memory", "is above this host's memory of");
    }

    @Test
    void a_working_directory_and_groups_are_as_asked() throws Exception {
        Ran ran = slipway("run", "--rm", "--workdir", "/made/here", image, "sh", "-c", "pwd");
        assertThat(ran.out()).isEqualTo("/made/here\n");
        Ran unknown = slipway("run", "--rm", "--group-add", "wheels", image, "true");
        assertThat(unknown.code()).isEqualTo(125);
        assertThat(unknown.err())
                .contains(
                        "group 'wheels': 'wheels' is neither a name in the image's /etc/group nor an id from 0 to 65535");
    }

    private void wrong(String message, String... options) throws Exception {
        String[] all = new String[options.length + 3];
        all[0] = "run";
        System.arraycopy(options, 0, all, 1, options.length);
        all[options.length + 1] = image;
        all[options.length + 2] = "true";
        Ran ran = slipway(all);
        assertThat(ran.err()).as(String.join(" ", options)).contains(message);
        assertThat(ran.code()).as(String.join(" ", options)).isEqualTo(ExitCode.USAGE);
    }
}
