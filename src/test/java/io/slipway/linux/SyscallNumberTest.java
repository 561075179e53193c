package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Against the kernel's own headers (Debian's linux-libc-dev). */
class SyscallNumberTest {
    private static final Pattern DEFINED = Pattern.compile("#define __NR(?:3264)?_(\\w+) (\\d+)");

    @Test
    void the_numbers_are_those_of_the_kernels_headers() throws Exception {
        Map<String, Integer> x86 = defined(Path.of("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"));
        Map<String, Integer> generic = defined(Path.of("/usr/include/asm-generic/unistd.h"));
        for (SyscallNumber call : SyscallNumber.values()) {
            assertThat(call.number(Architecture.X86_64)).as(call + " on x86-64").isEqualTo(x86.get(call.call()));
            assertThat(call.number(Architecture.AARCH64))
                    .as(call + " on aarch64")
                    .isEqualTo(generic.get(call.call()));
        }
    }

    private static Map<String, Integer> defined(Path header) throws Exception {
        Map<String, Integer> numbers = new HashMap<>();
        Matcher matcher = DEFINED.matcher(Files.readString(header));
        while (matcher.find()) {
            numbers.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        return numbers;
    }
}
