package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineCodeTest {
    @Test
    void the_bytes_are_what_the_assembly_source_gives(@TempDir Path temp) throws Exception {
        Path source = temp.resolve("interpreter.S");
        try (InputStream in = MachineCode.class.getResourceAsStream("interpreter-x86_64.S")) {
            assertThat(in).isNotNull();
            Files.copy(in, source);
        }
        run(temp, "as", "-o", "interpreter.o", "interpreter.S");
        run(temp, "objcopy", "-O", "binary", "-j", ".text", "interpreter.o", "interpreter.bin");
        assertThat(MachineCode.BYTES).isEqualTo(Files.readAllBytes(temp.resolve("interpreter.bin")));
        Map<String, Integer> offsets = new HashMap<>();
        for (String line : run(temp, "nm", "interpreter.o").split("\n")) {
            String[] word = line.split(" ");
            offsets.put(word[2], Integer.parseInt(word[0].substring(8), 16));
        }
        for (String entry : List.of("spawn", "init", "interpret", "ticks")) {
            assertThat(MachineCode.offset(entry)).as(entry).isEqualTo(offsets.get(entry));
        }
    }

    private static String run(Path directory, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
