package io.slipway.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileReaderTest {
    @Test
    void all_of_an_oci_section_is_read() {
        Profile profile = ProfileReader.read("""
                {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86",
                 "SCMP_ARCH_S390X"], "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"], "listenerPath": "", "syscalls": [
                  {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW", "args": null},
                  {"names": ["clone"], "action": "SCMP_ACT_TRACE", "errnoRet": 65535, "args": [
                    {"index": 5, "value": 18446744073709551615, "valueTwo": 7, "op": "SCMP_CMP_MASKED_EQ"},
                    {"index": 0, "value": 1, "op": "SCMP_CMP_GE"}]}]}""");
        assertThat(profile)
                .isEqualTo(new Profile(
                        new Action(Action.Kind.ERRNO, 38),
                        Set.of(Abi.X86_64, Abi.X86),
                        2,
                        List.of(
                                new Rule(
                                        List.of("read", "write"),
                                        Action.of(Action.Kind.ALLOW),
                                        List.of(),
                                        Optional.empty()),
                                new Rule(
                                        List.of("clone"),
                                        new Action(Action.Kind.TRACE, 65535),
                                        List.of(
                                                new Condition(5, Operator.MASKED_EQ, -1, 7),
                                                new Condition(0, Operator.GE, 1, 0)),
                                        Optional.empty()))));
    }

    @Test
    void conditional_rules_of_dockers_profiles_are_there_for_those_they_are_for() {
        Profile profile = ProfileReader.read("""
                {"defaultAction": "SCMP_ACT_ERRNO", "archMap": [{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]}],
                 "syscalls": [
                  {"name": "bpf", "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_BPF", "CAP_PERFMON"]}, "excludes": {}},
                  {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}, "comment": "see the kernel"},
                  {"names": ["clone3"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["arm64"]}}]}""");
        assertThat(profile.abis()).containsExactlyInAnyOrder(Abi.AARCH64, Abi.ARM);
        assertThat(names(profile, Abi.X86_64, "4.7")).containsExactly("clone3");
        assertThat(names(profile, Abi.X86_64, "4.8.0-rc1", "CAP_BPF")).containsExactly("ptrace", "clone3");
        assertThat(names(profile, Abi.AARCH64, "5.1", "CAP_PERFMON", "CAP_BPF")).containsExactly("bpf", "ptrace");
        assertThat(names(profile, Abi.X86_64, "3.9", "CAP_SYS_ADMIN")).isEmpty();
    }

    private static List<String> names(Profile profile, Abi machine, String kernel, String... capabilities) {
        Target target = new Target(
                machine, Set.of(capabilities), KernelVersion.parse(kernel).orElseThrow());
        return profile.rules(target).stream().flatMap(it -> it.names().stream()).toList();
    }

    @Test
    void names_that_are_no_system_call_are_ignored_and_told() {
        Profile profile = ProfileReader.read("""
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                  {"names": ["opnat", "openat", "riscv_hwprobe"], "action": "SCMP_ACT_ERRNO"}]}""");
        assertThat(profile.unknownNames()).containsExactly("opnat", "riscv_hwprobe");
        assertThat(Profile.standard().unknownNames()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"defaultAction": "SCMP_ACT_ALOW"}                             | defaultAction: "SCMP_ACT_ALOW" is no action; did you mean SCMP_ACT_ALLOW?
            {"defaultAction": 7}                                           | defaultAction: 7 must be a text
            {"defaultAction": "SCMP_ACT_NOTIFY"}                           | defaultAction: "SCMP_ACT_NOTIFY" is not supported
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 4096}   | defaultErrnoRet: 4096 is more than 4095
            {"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1}      | defaultErrnoRet: 1 goes only with SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not with SCMP_ACT_ALLOW
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrno": "ENOSYS"}  | defaultAction: "SCMP_ACT_ERRNO" comes with defaultErrno alone
            {"syscalls": []}                                               | has no defaultAction
            {"defaultAction": "SCMP_ACT_ALLOW", "defaultAction": "SCMP_ACT_LOG"} | it is no JSON in line 1
            {"defaultAction": "SCMP_ACT_ALLOW", "sycalls": []}             | sycalls: there is no such field; did you mean syscalls?
            {"defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "x"}   | listenerMetadata: "x" is for a supervisor of system calls, but none is named
            {"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run/x", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_NOTIFY"}]} | syscalls[0].action: "SCMP_ACT_NOTIFY" is not supported here
            {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_46"]} | architectures[0]: "SCMP_ARCH_X86_46" is no architecture; did you mean SCMP_ARCH_X86_64?
            {"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOGS"]} | flags[0]: "SECCOMP_FILTER_FLAG_LOGS" is no flag; did you mean SECCOMP_FILTER_FLAG_LOG?
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": {}}            | syscalls: {} must be a list
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [3]}           | syscalls[0]: 3 must be an object
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_KILL"}]} | syscalls[0]: {"action":"SCMP_ACT_KILL"} names no system call
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"]}]}         | syscalls[0]: has no action
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [0], "action": "SCMP_ACT_KILL"}]} | syscalls[0].names[0]: 0 must be a text
            [1]                                                            | the whole: [1] must be an object
            nonsense                                                       | it is no JSON in line 1, column
            """)
    void what_cannot_be_used_is_refused_with_place_value_and_what_was_probably_meant(String json, String message) {
        assertThatThrownBy(() -> ProfileReader.read(json))
                .isInstanceOf(InvalidProfile.class)
                .hasMessageContaining(message);
    }

    @Test
    void a_supervisor_is_named_where_calls_are_to_be_decided_by_one_and_passed_over_elsewhere() {
        String asks = ", \"syscalls\": [{\"names\": [\"mkdir\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}";
        String begin =
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]";
        String named = begin + ", \"listenerPath\": \"/run/x\"";
        Target target = Target.here(java.util.List.of());
        Filter asked = Filter.withoutPidOne(ProfileReader.readSupervised(named + asks), target);
        assertThat(asked.listener()).contains(new Profile.Listener("/run/x", java.util.Optional.empty()));
        assertThat(asked.arguments()[1].shown())
                .isEqualTo("SECCOMP_FILTER_FLAG_NEW_LISTENER|SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");
        Filter unasked = Filter.withoutPidOne(ProfileReader.readSupervised(named + "}"), target);
        assertThat(unasked.listener()).isEmpty();
        assertThat(unasked.arguments()[1].shown()).isEqualTo("0");
        assertThatThrownBy(() -> ProfileReader.readSupervised(begin + asks))
                .isInstanceOf(InvalidProfile.class)
                .hasMessageContaining("syscalls[0].action: \"SCMP_ACT_NOTIFY\" asks a supervisor")
                .hasMessageContaining("listenerPath");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}                     | args[0].index: 6 is no argument; they are 0 to 5
            {"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}                    | args[0].value: -1 must be a whole number from 0 to 18446744073709551615
            {"index": 0, "value": 18446744073709551616, "op": "SCMP_CMP_EQ"}  | args[0].value: 18446744073709551616 must be
            {"index": 0, "value": "1", "op": "SCMP_CMP_EQ"}                   | args[0].value: "1" must be a whole number
            {"index": 0, "value": 1.5, "op": "SCMP_CMP_EQ"}                   | args[0].value: 1.5 must be a whole number
            {"index": 0, "value": 1, "op": "SCMP_CMP_EG"}                     | args[0].op: "SCMP_CMP_EG" is no comparison; did you mean SCMP_CMP_EQ?
            {"index": 0, "value": 1}                                          | args[0]: has no op
            {"index": 0, "op": "SCMP_CMP_EQ"}                                 | args[0]: has no value
            """)
    void conditions_that_cannot_be_used_are_refused(String condition, String message) {
        String json = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"read\"],"
                + " \"action\": \"SCMP_ACT_KILL\", \"args\": [" + condition + "]}]}";
        assertThatThrownBy(() -> ProfileReader.read(json)).hasMessageContaining("syscalls[0]." + message);
    }

    @Test
    void a_profile_that_forbids_what_pid_1_needs_is_refused_with_all_of_it() {
        Profile profile = ProfileReader.read("""
                {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
                  {"names": ["execveat", "execve", "write", "exit_group", "rt_sigprocmask"], "action": "SCMP_ACT_ALLOW"},
                  {"names": ["close_range"], "action": "SCMP_ACT_LOG"},
                  {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 256, "op": "SCMP_CMP_MASKED_EQ"}]},
                  {"names": ["wait4"], "action": "SCMP_ACT_KILL_PROCESS"}]}""");
        assertThatThrownBy(() -> Filter.of(profile, new Target(Abi.X86_64, Set.of(), new KernelVersion(6, 1))))
                .isInstanceOf(InvalidProfile.class)
                .hasMessageContaining("it forbids clone (ERRNO 1), wait4 (KILL_PROCESS), without which no container can"
                        + " be started, nor its exit be known; allow them with SCMP_ACT_ALLOW");
    }
}
