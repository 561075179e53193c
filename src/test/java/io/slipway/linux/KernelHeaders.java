package io.slipway.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The numbers of system calls as the kernel's own headers have them (Debian's linux-libc-dev). */
final class KernelHeaders {
    private static final Pattern DEFINED = Pattern.compile("#define __NR(?:3264)?_(\\w+) (\\d+)");

    private KernelHeaders() {}

    /** By name. */
    static Map<String, Integer> numbers(Architecture architecture) throws IOException {
        Path header = Path.of(
                switch (architecture) {
                    case X86_64 -> "/usr/include/x86_64-linux-gnu/asm/unistd_64.h";
                    case AARCH64 -> "/usr/include/asm-generic/unistd.h";
                });
        Map<String, Integer> numbers = new HashMap<>();
        Matcher matcher = DEFINED.matcher(Files.readString(header));
        while (matcher.find()) {
            numbers.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        return numbers;
    }

    /** Names by number, on this machine. */
    static Map<Long, String> names() throws IOException {
        return numbers(Architecture.here()).entrySet().stream()
                .collect(Collectors.toMap(one -> one.getValue().longValue(), Map.Entry::getKey, (a, b) -> a));
    }
}
