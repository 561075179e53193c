package io.slipway.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CompilerTest {
    private static final Target X86_64 = new Target(Abi.X86_64, Set.of(), new KernelVersion(6, 18));
    private static final Target AARCH64 = new Target(Abi.AARCH64, Set.of(), new KernelVersion(6, 18));
    private static final Action ALLOW = Action.of(Action.Kind.ALLOW);
    private static final int PROFILES = Integer.getInteger("profiles", 400);
    private static final int CALLS = 60;

    @Test
    void random_profiles_decide_as_their_rules_say() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("CompilerTest seed=" + seed + " (repeat with -Dseed=" + seed + ")");
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < PROFILES; i++) {
            Target target = random.nextInt(4) == 0 ? AARCH64 : X86_64;
            Profile profile = RandomProfiles.profile(random);
            BpfMachine machine = machine(profile, target);
            for (int j = 0; j < CALLS; j++) {
                check(profile, target, machine, random);
            }
        }
    }

    private static void check(Profile profile, Target target, BpfMachine machine, SplittableRandom random) {
        Abi abi = RandomProfiles.pick(random, List.of(Abi.values()));
        int number = RandomProfiles.number(profile, abi, random);
        long[] arguments = RandomProfiles.arguments(profile, random);
        Action expected = DirectReading.of(profile, target, abi.audit(), number, arguments);
        assertThat(machine.run(abi.audit(), number, arguments))
                .as(() -> "call " + number + " of " + abi + " on " + target.machine() + " with "
                        + java.util.Arrays.toString(arguments) + " under " + profile)
                .isEqualTo(expected.code());
    }

    private static BpfMachine machine(Profile profile, Target target) {
        return new BpfMachine(Compiler.compile(Decisions.of(profile, target)));
    }

    private static Profile deny(Rule... rules) {
        return new Profile(Action.errno(1), Set.of(), 0, List.of(rules));
    }

    private static Rule rule(String name, Action action, Condition... conditions) {
        return new Rule(List.of(name), action, List.of(conditions), Optional.empty());
    }

    @Test
    void the_same_profile_gives_the_same_bytes() {
        assertThat(Compiler.compile(Decisions.of(Profile.standard(), X86_64)))
                .isEqualTo(Compiler.compile(Decisions.of(ProfileReader.read(Resource.text("default.json")), X86_64)));
    }

    @Test
    void jumps_reach_further_than_255_instructions() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            // Every second value has an errno of its own: no two lie together.
            Condition condition = new Condition(i % 6, Operator.MASKED_EQ, 0xff, i);
            rules.add(rule("prctl", Action.errno(100 + i), condition));
            rules.add(rule(i % 2 == 0 ? "read" : "tuxcall", Action.errno(300 + i), condition));
        }
        Profile profile = new Profile(ALLOW, EnumSet.allOf(Abi.class), 0, rules);
        BpfMachine machine = machine(profile, X86_64);
        assertThat(machine.length()).isGreaterThan(800);
        for (int i = 0; i < 150; i++) {
            long[] arguments = {-1, -1, -1, -1, -1, -1};
            arguments[i % 6] = 0x100 + i;
            assertThat(machine.run(Abi.X86_64.audit(), 157, arguments))
                    .isEqualTo(Action.errno(100 + i).code());
            assertThat(machine.run(Abi.X86.audit(), 172, arguments))
                    .isEqualTo(Action.errno(100 + i).code());
        }
        assertThat(machine.run(Abi.X86_64.audit(), 157, -1, -1, -1, -1, -1, -1)).isEqualTo(ALLOW.code());
    }

    @Test
    void a_program_longer_than_the_kernel_takes_is_refused() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            rules.add(rule("prctl", ALLOW, new Condition(1, Operator.MASKED_EQ, 0xfffffffffL, i)));
        }
        assertThatThrownBy(() -> machine(deny(rules.toArray(new Rule[0])), X86_64))
                .isInstanceOf(InvalidProfile.class)
                .hasMessageMatching(".*compiles to [0-9]+ instructions, but the kernel takes 4096 at most.*");
    }

    @Test
    void a_thousand_values_of_one_argument_are_found_in_some_dozen_steps() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            rules.add(rule("prctl", ALLOW, new Condition(0, Operator.EQ, 3L * i, 0)));
        }
        BpfMachine machine = machine(deny(rules.toArray(new Rule[0])), X86_64);
        for (int i = 0; i < 3000; i++) {
            int expected = i % 3 == 0 ? ALLOW.code() : Action.errno(1).code();
            assertThat(machine.run(Abi.X86_64.audit(), 157, i, 0, 0, 0, 0, 0)).isEqualTo(expected);
            assertThat(machine.executed()).isLessThan(30);
        }
        assertThat(machine.run(Abi.X86_64.audit(), 157, 1L << 32, 0, 0, 0, 0, 0))
                .isEqualTo(Action.errno(1).code());
    }

    @Test
    void an_unconditional_rule_counts_before_conditional_ones_and_the_first_that_holds_before_later_ones() {
        Condition one = new Condition(0, Operator.EQ, 1, 0);
        BpfMachine machine = machine(
                deny(
                        rule("prctl", Action.errno(5), one),
                        rule("prctl", ALLOW),
                        rule("read", Action.errno(5), one),
                        rule("read", Action.errno(6), new Condition(0, Operator.LE, 1, 0))),
                X86_64);
        assertThat(machine.run(Abi.X86_64.audit(), 157, 1, 0, 0, 0, 0, 0)).isEqualTo(ALLOW.code());
        assertThat(machine.run(Abi.X86_64.audit(), 0, 1, 0, 0, 0, 0, 0))
                .isEqualTo(Action.errno(5).code());
        assertThat(machine.run(Abi.X86_64.audit(), 0, 0, 0, 0, 0, 0, 0))
                .isEqualTo(Action.errno(6).code());
    }

    @Test
    void calls_through_x32_and_other_architectures_kill_unless_they_are_named() {
        BpfMachine machine = machine(deny(rule("read", ALLOW)), X86_64);
        int killed = Action.of(Action.Kind.KILL_PROCESS).code();
        long[] none = new long[6];
        assertThat(machine.run(Abi.X86_64.audit(), 0, none)).isEqualTo(ALLOW.code());
        assertThat(machine.run(Abi.X86_64.audit(), 0x40000000, none)).isEqualTo(killed);
        assertThat(machine.run(Abi.X86.audit(), 3, none)).isEqualTo(killed);
        assertThat(machine.run(Abi.AARCH64.audit(), 63, none)).isEqualTo(killed);
        assertThat(machine.run(Abi.X86_64.audit(), -1, none))
                .isEqualTo(Action.errno(1).code());
    }

    @Test
    void a_rule_for_a_socket_call_on_x86_holds_for_the_way_through_socketcall_too() {
        Profile profile = new Profile(
                ALLOW, Set.of(Abi.X86), 0, List.of(rule("connect", Action.errno(1)), rule("semget", Action.errno(2))));
        BpfMachine machine = machine(profile, X86_64);
        assertThat(machine.run(Abi.X86.audit(), 362, 0, 0, 0, 0, 0, 0))
                .isEqualTo(Action.errno(1).code());
        assertThat(machine.run(Abi.X86.audit(), 102, 3, 0, 0, 0, 0, 0))
                .isEqualTo(Action.errno(1).code());
        assertThat(machine.run(Abi.X86.audit(), 102, 1, 0, 0, 0, 0, 0)).isEqualTo(ALLOW.code());
        assertThat(machine.run(Abi.X86.audit(), 117, 0x10002, 0, 0, 0, 0, 0))
                .isEqualTo(Action.errno(2).code());
        assertThat(machine.run(Abi.X86_64.audit(), 102, 3, 0, 0, 0, 0, 0)).isEqualTo(ALLOW.code());
    }

    @Test
    void calls_newer_than_all_that_a_denying_profile_names_get_enosys() {
        BpfMachine machine = machine(deny(rule("statx", ALLOW)), X86_64);
        assertThat(machine.run(Abi.X86_64.audit(), 331, new long[6]))
                .isEqualTo(Action.errno(1).code());
        assertThat(machine.run(Abi.X86_64.audit(), 333, new long[6]))
                .isEqualTo(Action.errno(38).code());
        Profile open = new Profile(ALLOW, Set.of(), 0, List.of(rule("statx", Action.errno(1))));
        assertThat(machine(open, X86_64).run(Abi.X86_64.audit(), 333, new long[6]))
                .isEqualTo(ALLOW.code());
    }
}
