package io.slipway.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a tar archive: ustar, GNU and pax with the extensions that layers have. Where implementations differ it reads as Go's
 * archive/tar, which is what Docker and containerd unpack by, so that one layer means the same to all: an archive that ends at the end of an entry,
 * without padding or end marker, is whole; one that ends within an entry is cut.
 */
final class TarReader {
    private static final int HEADER_BYTES_MAX = 1 << 20;
    private static final int OLD_SPARSE_ENTRIES = 4;
    private static final int MORE_SPARSE_ENTRIES = 21;
    private static final int SPARSE_ENTRY_BYTES = 24;

    private final ArchiveBytes in;
    private final TarBlock block = new TarBlock();
    private final byte[] gathered = new byte[TarBlock.BYTES];
    private long content;
    private int padding;

    TarReader(ArchiveBytes in) {
        this.in = in;
    }

    /**
     * Goes on to the next entry, over what was not read of this one.
     *
     * @return null at the end
     * @throws RefusedEntry if the archive is cut or malformed
     */
    @Nullable
    TarEntry next() throws IOException {
        PaxRecords pax = PaxRecords.none();
        String longName = "";
        String longLink = "";
        boolean extended = false;
        while (header()) {
            switch (block.type()) {
                case 'x', 'X' -> pax = PaxRecords.of(extension());
                // Docker passes over global headers; 'git archive' writes its commit there.
                case 'g' -> extension();
                case 'L' -> longName = name(extension());
                case 'K' -> longLink = name(extension());
                default -> {
                    return entry(pax, longName, longLink);
                }
            }
            extended |= block.type() != 'g';
        }
        if (extended) {
            throw new RefusedEntry("the archive ends behind an extended header");
        }
        return null;
    }

    /** More of the entry's content as the archive holds it; without remaining bytes when that was all. */
    ByteBuffer content(int max) throws IOException {
        if (content == 0) {
            return ByteBuffer.allocate(0);
        }
        ByteBuffer some = in.next((int) Math.min(max, content));
        if (!some.hasRemaining()) {
            throw new RefusedEntry("the archive is cut off within its content: " + content + " bytes are missing");
        }
        content -= some.remaining();
        return some;
    }

    /** @return false at the end of the archive */
    private boolean header() throws IOException {
        while (content > 0) {
            content(Integer.MAX_VALUE);
        }
        for (int got = 0; padding > 0; padding -= got) {
            got = in.next(padding).remaining();
            if (got == 0) {
                return false;
            }
        }
        if (!block(block)) {
            return false;
        }
        if (block.isZero()) {
            if (block(block) && !block.isZero()) {
                throw new RefusedEntry("there is a block of zeros where a header belongs");
            }
            return false;
        }
        block.verify();
        expect(block.size());
        return true;
    }

    private void expect(long bytes) throws RefusedEntry {
        content = bytes;
        padding = (int) (-bytes & (TarBlock.BYTES - 1));
    }

    /** @return false if nothing is left */
    private boolean block(TarBlock into) throws IOException {
        int have = 0;
        while (have < TarBlock.BYTES) {
            ByteBuffer some = in.next(TarBlock.BYTES - have);
            int got = some.remaining();
            if (got == 0) {
                if (have == 0) {
                    return false;
                }
                throw new RefusedEntry("the archive is cut off within a header");
            }
            some.get(gathered, have, got);
            have += got;
        }
        into.set(gathered);
        return true;
    }

    private byte[] extension() throws IOException {
        if (content > HEADER_BYTES_MAX) {
            throw new RefusedEntry("it has a header that is too long: " + content + " bytes");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream((int) content);
        while (content > 0) {
            ByteBuffer some = content(Integer.MAX_VALUE);
            byte[] bytes = new byte[some.remaining()];
            some.get(bytes);
            all.write(bytes);
        }
        return all.toByteArray();
    }

    private TarEntry entry(PaxRecords pax, String longName, String longLink) throws IOException {
        String name = longName.isEmpty() ? pax.text("path").orElse(block.name()) : longName;
        String link = longLink.isEmpty() ? pax.text("linkpath").orElse(block.link()) : longLink;
        char type = type(name);
        switch (type) {
            case TarEntry.FILE -> expect(pax.number("size").orElse(block.size()));
            // Some programs write a size here, and nothing behind it.
            case TarEntry.HARD_LINK, TarEntry.SYMLINK, TarEntry.DIRECTORY, TarEntry.FIFO -> expect(0);
            default -> {}
        }
        Optional<SparseMap> sparse = sparse(pax);
        BigDecimal time = pax.time("mtime").orElse(BigDecimal.valueOf(block.seconds()));
        return new TarEntry(
                sparse.isEmpty() ? name : pax.text("GNU.sparse.name").orElse(name),
                type,
                block.mode(),
                pax.number("uid").orElse(block.uid()),
                pax.number("gid").orElse(block.gid()),
                sparse.isEmpty() ? content : sparse.get().size(),
                PaxRecords.seconds(time),
                PaxRecords.nanos(time),
                link,
                pax.attributes(),
                sparse);
    }

    private char type(String name) {
        return switch (block.type()) {
            // Before there were types, a slash at the end told a directory.
            case 0 -> name.endsWith("/") ? TarEntry.DIRECTORY : TarEntry.FILE;
            case '7', 'S' -> TarEntry.FILE;
            default -> (char) (block.type() & 0xff);
        };
    }

    private Optional<SparseMap> sparse(PaxRecords pax) throws IOException {
        if (block.type() == 'S') {
            return Optional.of(oldSparse());
        }
        Optional<Long> real = pax.number("GNU.sparse.realsize");
        long size = (real.isPresent() ? real : pax.number("GNU.sparse.size")).orElse(content);
        if (pax.number("GNU.sparse.major").orElse(0L) == 1) {
            return Optional.of(sparseFromContent(size));
        }
        Optional<List<Long>> numbers = pax.sparseNumbers();
        return numbers.isEmpty() ? Optional.empty() : Optional.of(SparseMap.of(numbers.get(), size, content));
    }

    /** GNU's own format: the map is in the header, and in blocks behind it. */
    private SparseMap oldSparse() throws IOException {
        long held = content;
        long size = block.number(483, 12);
        List<Long> numbers = new ArrayList<>();
        gatherSparse(numbers, block, 386, OLD_SPARSE_ENTRIES);
        TarBlock behind = new TarBlock();
        for (boolean more = block.isSet(482); more; more = behind.isSet(504)) {
            if (!block(behind) || numbers.size() * 12L > HEADER_BYTES_MAX) {
                throw new RefusedEntry("its map of holes is cut off or too long");
            }
            gatherSparse(numbers, behind, 0, MORE_SPARSE_ENTRIES);
        }
        return SparseMap.of(numbers, size, held);
    }

    private static void gatherSparse(List<Long> numbers, TarBlock from, int offset, int count) throws RefusedEntry {
        for (int i = 0; i < count; i++) {
            int at = offset + i * SPARSE_ENTRY_BYTES;
            if (from.isSet(at)) {
                numbers.add(from.number(at, 12));
                numbers.add(from.number(at + 12, 12));
            }
        }
    }

    /** Version 1.0: decimal numbers, one a line, fill the first blocks of the content. */
    private SparseMap sparseFromContent(long size) throws IOException {
        List<Long> numbers = new ArrayList<>();
        StringBuilder digits = new StringBuilder();
        long expected = Long.MAX_VALUE;
        for (int total = 0; numbers.size() < expected; total += TarBlock.BYTES) {
            if (total > HEADER_BYTES_MAX) {
                throw new RefusedEntry("its map of holes is too long");
            }
            for (byte one : contentBlock()) {
                if (one != '\n') {
                    digits.append((char) (one & 0xff));
                } else if (expected == Long.MAX_VALUE) {
                    expected = 2 * Math.min(HEADER_BYTES_MAX, PaxRecords.number("its map of holes", digits.toString()));
                    digits.setLength(0);
                } else if (numbers.size() < expected) {
                    numbers.add(PaxRecords.number("its map of holes", digits.toString()));
                    digits.setLength(0);
                }
            }
        }
        return SparseMap.of(numbers, size, content);
    }

    private byte[] contentBlock() throws IOException {
        byte[] bytes = new byte[TarBlock.BYTES];
        for (int have = 0; have < bytes.length; ) {
            ByteBuffer some = content(bytes.length - have);
            int got = some.remaining();
            if (got == 0) {
                throw new RefusedEntry("its map of holes is cut off");
            }
            some.get(bytes, have, got);
            have += got;
        }
        return bytes;
    }

    private static String name(byte[] extension) {
        String text = new String(extension, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }
}
