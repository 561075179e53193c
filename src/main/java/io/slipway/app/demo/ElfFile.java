package io.slipway.app.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a program or library needs to be loaded (elf(5)); 64 bit, little endian.
 *
 * @param interpreter path of the dynamic loader; empty for libraries
 * @param needed names of libraries
 */
record ElfFile(Optional<String> interpreter, List<String> needed) {
    private static final int MAGIC = 0x464c457f;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_INTERP = 3;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int DYNAMIC_ENTRY_BYTES = 16;

    static boolean isElf(Path file) throws IOException {
        if (Files.size(file) < 64) {
            return false;
        }
        try (var in = Files.newInputStream(file)) {
            return ByteBuffer.wrap(in.readNBytes(4))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt()
                    == MAGIC;
        }
    }

    static ElfFile read(Path file) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        Optional<String> interpreter = Optional.empty();
        List<Segment> loaded = new ArrayList<>();
        Optional<Segment> dynamic = Optional.empty();
        int count = elf.getShort(56);
        for (int i = 0; i < count; i++) {
            int at = (int) elf.getLong(32) + i * elf.getShort(54);
            Segment segment = new Segment((int) elf.getLong(at + 8), elf.getLong(at + 16), (int) elf.getLong(at + 32));
            switch (elf.getInt(at)) {
                case PT_LOAD -> loaded.add(segment);
                case PT_DYNAMIC -> dynamic = Optional.of(segment);
                case PT_INTERP -> interpreter = Optional.of(text(elf, segment.offset()));
                default -> {}
            }
        }
        return new ElfFile(interpreter, dynamic.isEmpty() ? List.of() : needed(elf, dynamic.get(), loaded));
    }

    private static List<String> needed(ByteBuffer elf, Segment dynamic, List<Segment> loaded) {
        List<Long> names = new ArrayList<>();
        long strings = 0;
        for (int at = dynamic.offset(); at < dynamic.offset() + dynamic.bytes(); at += DYNAMIC_ENTRY_BYTES) {
            long tag = elf.getLong(at);
            if (tag == DT_NEEDED) {
                names.add(elf.getLong(at + 8));
            } else if (tag == DT_STRTAB) {
                strings = elf.getLong(at + 8);
            }
        }
        long table = strings;
        Segment within = loaded.stream()
                .filter(one -> table >= one.address() && table < one.address() + one.bytes())
                .findFirst()
                .orElse(new Segment(0, 0, 0));
        int offset = (int) (table - within.address()) + within.offset();
        return names.stream().map(name -> text(elf, offset + (int) (long) name)).toList();
    }

    private static String text(ByteBuffer elf, int at) {
        int end = at;
        while (elf.get(end) != 0) {
            end++;
        }
        return new String(elf.array(), at, end - at, StandardCharsets.US_ASCII);
    }

    private record Segment(int offset, long address, int bytes) {}
}
