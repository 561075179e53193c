package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SyscallNumberTest {
    @Test
    void the_numbers_are_those_of_the_kernels_headers() throws Exception {
        Map<String, Integer> x86 = KernelHeaders.numbers(Architecture.X86_64);
        Map<String, Integer> generic = KernelHeaders.numbers(Architecture.AARCH64);
        for (SyscallNumber call : SyscallNumber.values()) {
            assertThat(call.number(Architecture.X86_64)).as(call + " on x86-64").isEqualTo(x86.get(call.call()));
            assertThat(call.number(Architecture.AARCH64))
                    .as(call + " on aarch64")
                    .isEqualTo(generic.get(call.call()));
        }
    }
}
