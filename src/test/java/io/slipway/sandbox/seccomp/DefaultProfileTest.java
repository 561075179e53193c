package io.slipway.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.Privileges;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The default, call by call; its summary is a golden file, written anew by {@code -Dgolden.update=true}. */
class DefaultProfileTest {
    private static final Path SUMMARY = Path.of("src/test/resources/golden/seccomp-default.txt");
    private static final KernelVersion KERNEL = new KernelVersion(6, 18);
    private static final Set<String> SLIPWAY = Set.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_KILL",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_SETFCAP");
    private static final List<String> BY_ARGUMENT = List.of("socket", "personality", "clone");
    private static final int NAMESPACES = 0x7e020000;
    private static final long[] FIRST_ARGUMENTS = LongStream.concat(
                    LongStream.rangeClosed(0, 50),
                    LongStream.of(0x4111, NAMESPACES, 0x10000011, 0x20000, 0x20008, 0x40000, 0xffffffffL, -1, 1L << 32))
            .toArray();

    @Test
    void each_call_of_each_architecture_is_decided_as_the_rules_say() {
        for (Abi machine : List.of(Abi.X86_64, Abi.AARCH64)) {
            for (Set<String> capabilities : List.of(
                    Set.<String>of(),
                    SLIPWAY,
                    Set.of("CAP_SYS_ADMIN", "CAP_SYS_PTRACE"),
                    Set.of("CAP_BPF", "CAP_SYS_NICE"))) {
                Target target = new Target(machine, capabilities, KERNEL);
                BpfMachine filter =
                        new BpfMachine(Filter.of(Profile.standard(), target).program());
                for (Abi abi : machine.family()) {
                    for (int number = 0; number < 600; number++) {
                        check(target, filter, abi, abi.base() + number);
                    }
                }
            }
        }
    }

    private static void check(Target target, BpfMachine filter, Abi abi, int number) {
        boolean byArgument =
                BY_ARGUMENT.contains(SyscallTable.name(abi, number - abi.base()).orElse(""));
        for (long first : byArgument ? FIRST_ARGUMENTS : new long[] {0, -1}) {
            long[] arguments = {first, 1, 2, 3, 4, 5};
            Action expected = DirectReading.of(Profile.standard(), target, abi.audit(), number, arguments);
            int found = filter.run(abi.audit(), number, arguments);
            if (found != expected.code()) {
                assertThat(found)
                        .as(abi + " " + number + " with " + first + " as first argument, for " + target)
                        .isEqualTo(expected.code());
            }
        }
    }

    @Test
    void what_it_denies_is_what_the_committed_summary_says() throws Exception {
        StringBuilder text =
                new StringBuilder("Calls that the default seccomp profile does not simply allow, Linux 6.18.\n");
        for (Abi machine : List.of(Abi.X86_64, Abi.AARCH64)) {
            Target target = new Target(machine, SLIPWAY, KERNEL);
            text.append("\n## ").append(machine).append(", Slipway's capabilities\n");
            text.append(Filter.of(Profile.standard(), target).shown()).append('\n');
            for (Abi abi : machine.family()) {
                text.append(abi).append(": ").append(cost(target, abi)).append('\n');
            }
            denied(target)
                    .forEach((how, names) -> text.append(how)
                            .append(": ")
                            .append(String.join(" ", names))
                            .append('\n'));
        }
        text.append("\n## What each capability adds on x86-64\n");
        for (String capability : capabilities()) {
            text.append(capability)
                    .append(": ")
                    .append(String.join(" ", added(capability)))
                    .append('\n');
        }
        text.append("\n## By first argument on x86-64\n");
        for (String name : BY_ARGUMENT) {
            text.append(name).append(" allowed: ").append(allowedFirst(name)).append('\n');
        }
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(SUMMARY, text);
        }
        assertThat(text.toString())
                .as("differs from %s; look at the change, then write it with -Dgolden.update=true", SUMMARY)
                .isEqualTo(Files.readString(SUMMARY));
    }

    @Test
    void what_was_compiled_beforehand_is_what_is_compiled_now() throws Exception {
        for (Abi machine : List.of(Abi.X86_64, Abi.AARCH64)) {
            Target target = new Target(machine, SLIPWAY, KERNEL);
            Path file = Path.of("src/main/resources/io/slipway/sandbox/seccomp", Precompiled.resource(machine));
            if (Boolean.getBoolean("golden.update")) {
                Files.writeString(file, Precompiled.text(target));
            }
            assertThat(Precompiled.text(target))
                    .as("write %s anew with -Dgolden.update=true", file)
                    .isEqualTo(Files.readString(file));
            assertThat(Filter.of(Profile.standard(), new Target(machine, SLIPWAY, Precompiled.KERNEL))
                            .program())
                    .isEqualTo(Precompiled.filter(target).orElseThrow().program());
            assertThat(Precompiled.filter(new Target(machine, Set.of("CAP_CHOWN"), KERNEL)))
                    .isEmpty();
        }
        assertThat(Set.copyOf(Privileges.DEFAULT.capabilities())).isEqualTo(SLIPWAY);
    }

    /** Instructions executed for a call, by this filter and by a list of the allowed numbers that is compared one by one. */
    private static String cost(Target target, Abi abi) {
        BpfMachine filter = new BpfMachine(Filter.of(Profile.standard(), target).program());
        int loadsAndArchitecture = 3;
        int calls = 0;
        int sum = 0;
        int most = 0;
        int list = 0;
        int allowed = 0;
        for (int number = 0; number < 600; number++) {
            if (SyscallTable.name(abi, number).isPresent()) {
                boolean let = filter.run(abi.audit(), abi.base() + number, new long[6]) == 0x7fff0000;
                allowed += let ? 1 : 0;
                calls++;
                sum += filter.executed();
                most = Math.max(most, filter.executed());
                list += let ? loadsAndArchitecture + allowed + 1 : 0;
            }
        }
        list += (calls - allowed) * (loadsAndArchitecture + allowed + 1);
        return String.format(
                Locale.ROOT,
                "%d calls, %.1f instructions executed on average, %d at most; %.1f if a list were compared one by one",
                calls,
                (double) sum / calls,
                most,
                (double) list / calls);
    }

    private static Map<String, Set<String>> denied(Target target) {
        Map<String, Set<String>> denied = new LinkedHashMap<>();
        Abi abi = target.machine();
        for (String name : new TreeSet<>(SyscallTable.names())) {
            OptionalInt number = SyscallTable.number(abi, name);
            if (number.isPresent()) {
                Set<String> answers = new TreeSet<>();
                for (long first : FIRST_ARGUMENTS) {
                    answers.add(DirectReading.of(
                                    Profile.standard(), target, abi.audit(), number.getAsInt(), first, 0, 0, 0, 0, 0)
                            .shown());
                }
                denied.computeIfAbsent(String.join(" or ", answers), _ -> new TreeSet<>())
                        .add(name);
            }
        }
        denied.remove("ALLOW");
        return denied;
    }

    private static Set<String> capabilities() {
        Set<String> capabilities = new TreeSet<>();
        for (Rule rule : Profile.standard().rules()) {
            rule.scope().ifPresent(scope -> {
                capabilities.addAll(scope.includes().capabilities());
                capabilities.addAll(scope.excludes().capabilities());
            });
        }
        return capabilities;
    }

    private static Set<String> added(String capability) {
        Set<String> without = allowed(Set.of());
        Set<String> with = allowed(Set.of(capability));
        assertThat(with).containsAll(without);
        with.removeAll(without);
        return with;
    }

    private static Set<String> allowed(Set<String> capabilities) {
        Target target = new Target(Abi.X86_64, capabilities, KERNEL);
        BpfMachine filter = new BpfMachine(Filter.of(Profile.standard(), target).program());
        Set<String> allowed = new TreeSet<>();
        for (String name : SyscallTable.names()) {
            int number = SyscallTable.number(Abi.X86_64, name).orElse(-1);
            if (filter.run(Abi.X86_64.audit(), number, NAMESPACES, 0, 0, 0, 0, 0) == 0x7fff0000) {
                allowed.add(name);
            }
        }
        return allowed;
    }

    private static List<String> allowedFirst(String name) {
        BpfMachine filter = new BpfMachine(Filter.of(Profile.standard(), new Target(Abi.X86_64, SLIPWAY, KERNEL))
                .program());
        int number = SyscallTable.number(Abi.X86_64, name).orElseThrow();
        List<String> allowed = new ArrayList<>();
        for (long first : FIRST_ARGUMENTS) {
            boolean signal = name.equals("clone") && first >= 0 && first < 0x100;
            if (!signal && filter.run(Abi.X86_64.audit(), number, first, 0, 0, 0, 0, 0) == 0x7fff0000) {
                allowed.add("0x" + Long.toHexString(first));
            }
        }
        return allowed;
    }
}
