package io.slipway.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceListTest {
    @Test
    void aLaterRuleWinsOverAnEarlierOne() {
        DeviceList list = DeviceList.of(
                List.of(DeviceRule.allow("c 10:229 r"), DeviceRule.allow("c 10:229 w"), DeviceRule.deny("c 1:9 w")));
        assertThat(list.allowsAll()).isFalse();
        assertThat(list.exceptions()).extracting(DeviceRule::line).contains("c 10:229 rw", "c 1:9 rm", "c 1:3 rwm");
        assertThat(DeviceList.of(List.of(DeviceRule.deny("a"))).exceptions()).isEmpty();
        DeviceList open = DeviceList.of(List.of(DeviceRule.allow("a"), DeviceRule.deny("b 8:* w")));
        assertThat(open.allowsAll()).isTrue();
        assertThat(open.exceptions()).extracting(DeviceRule::line).containsExactly("b 8:* w");
    }

    @Test
    void whatCannotBeToldTheKernelIsRefused() {
        assertThatThrownBy(() ->
                        Limits.NONE.withDevices(List.of(DeviceRule.deny("c 1:3 m"), DeviceRule.deny("c 136:5 r"))))
                .hasMessageContaining("takes back a part of");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c", "c 1:3", "c 1:3 x", "d 1:3 r", "c 1 3 r", "c -1:3 r", "c 1:3 rwmr", "a 1:3 r"})
    void whatIsNoRuleIsRefused(String text) {
        assertThatThrownBy(() -> DeviceRule.allow(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device rule '" + text + "'");
    }

    @Test
    void theProgramIsWholeInstructionsThatJumpWithinIt() {
        byte[] program = DeviceProgram.of(DeviceList.of(List.of(DeviceRule.allow("b 8:* r"))));
        assertThat(program.length % 8).isZero();
        int instructions = program.length / 8;
        for (int i = 0; i < instructions; i++) {
            int operation = program[8 * i] & 0xff;
            int distance = program[8 * i + 2] | program[8 * i + 3] << 8;
            if (operation == 0x16 || operation == 0x56) {
                assertThat(distance).as("instruction %d", i).isPositive();
                assertThat(i + 1 + distance).isLessThan(instructions);
            }
        }
        assertThat(program[8 * (instructions - 1)] & 0xff).as("exit").isEqualTo(0x95);
    }
}
