package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterpreterTest {
    @ParameterizedTest
    @EnumSource
    void the_bytes_are_what_the_assembly_source_gives(Architecture architecture, @TempDir Path temp) throws Exception {
        String source = architecture.interpreter() + ".S";
        try (InputStream in = Interpreter.class.getResourceAsStream(source)) {
            assertThat(in).as(source).isNotNull();
            Files.copy(in, temp.resolve("interpreter.S"));
        }
        // Debian's names of the assemblers, of which one is this machine's own and the others are for crossing.
        String tools = architecture.interpreter().substring("interpreter-".length()) + "-linux-gnu-";
        run(temp, tools + "as", "-o", "interpreter.o", "interpreter.S");
        assertThat(run(temp, tools + "readelf", "-r", "interpreter.o")).contains("no relocations");
        run(temp, tools + "objcopy", "-O", "binary", "-j", ".text", "interpreter.o", "interpreter.bin");
        Interpreter interpreter = Interpreter.of(architecture);
        assertThat(interpreter.code()).isEqualTo(Files.readAllBytes(temp.resolve("interpreter.bin")));
        Map<String, Integer> offsets = new HashMap<>();
        for (String line : run(temp, tools + "nm", "interpreter.o").split("\n")) {
            String[] word = line.split(" ");
            offsets.put(word[2], Integer.parseInt(word[0].substring(8), 16));
        }
        for (String entry : List.of("spawn", "init", "interpret", "ticks")) {
            assertThat(interpreter.offset(entry)).as(entry).isEqualTo(offsets.get(entry));
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
