package io.slipway.api;

import io.slipway.control.RunbookShelf.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Runbook entries as one file. The same entries give the same bytes. */
record RunbookExport(List<Entry> entries) {
    byte[] markdown() {
        return entries.stream()
                .map(e -> e.markdown().stripTrailing())
                .collect(Collectors.joining("\n\n---\n\n", "", "\n"))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Two files per entry: {@code slug-vN.md} and {@code .json}. */
    byte[] zip() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
            for (Entry e : entries) {
                String name = e.slug().replaceAll("[^A-Za-z0-9._-]", "_") + "-v" + e.version();
                add(zip, name + ".md", e, e.markdown());
                add(zip, name + ".json", e, e.json());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing a zip file to memory failed", impossible);
        }
        return bytes.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, Entry e, String content) throws IOException {
        ZipEntry file = new ZipEntry(name);
        file.setTimeLocal(LocalDateTime.ofInstant(e.at(), ZoneOffset.UTC));
        zip.putNextEntry(file);
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
