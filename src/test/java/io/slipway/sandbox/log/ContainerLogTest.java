package io.slipway.sandbox.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.linux.SparseFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogTest {
    @TempDir
    Path temp;

    private Path stdout;
    private Path stderr;

    @BeforeEach
    void files() throws Exception {
        stdout = Files.createFile(temp.resolve("stdout.log"));
        stderr = Files.createFile(temp.resolve("stderr.log"));
    }

    private ContainerLog log(LogLimits limits) {
        return new ContainerLog(temp.resolve("log"), stdout, stderr, limits);
    }

    private void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private static List<LogRecord> all(LogReader reader) throws IOException {
        List<LogRecord> records = new ArrayList<>();
        for (Optional<LogRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
            records.add(next.get());
        }
        return records;
    }

    private static String text(List<LogRecord> records, LogStream stream) {
        StringBuilder text = new StringBuilder();
        records.stream()
                .filter(r -> r.stream() == stream)
                .forEach(r -> text.append(r.text()).append(r.whole() ? "\n" : ""));
        return text.toString();
    }

    @Test
    void lines_are_kept_with_their_stream_and_a_time_not_before_they_were_written() throws Exception {
        Instant before = Instant.now().minusSeconds(1);
        write(stdout, "one\ntwo\n");
        write(stderr, "bad\n");
        ContainerLog log = log(LogLimits.DEFAULT);
        assertThat(log.collect()).isTrue();
        try (LogReader reader = log.read()) {
            List<LogRecord> records = all(reader);
            assertThat(records).extracting(LogRecord::text).containsExactly("one", "two", "bad");
            assertThat(records).extracting(r -> r.stream().word()).containsExactly("stdout", "stdout", "stderr");
            assertThat(records).allMatch(LogRecord::whole);
            assertThat(records).allMatch(r -> r.at().isAfter(before) && !r.at().isAfter(Instant.now()));
            assertThat(all(reader)).isEmpty();
        }
    }

    @Test
    void a_segment_is_as_the_container_runtime_interface_writes_logs() throws Exception {
        write(stdout, "hello\n");
        log(LogLimits.DEFAULT).collect();
        assertThat(Files.readString(temp.resolve("log/000001-0-0.log")))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z stdout F hello\n");
    }

    @Test
    void a_line_that_is_not_ended_yet_is_there_at_once_and_goes_on_later() throws Exception {
        ContainerLog log = log(LogLimits.DEFAULT);
        try (LogReader reader = log.read()) {
            write(stdout, "name? ");
            log.collect();
            assertThat(all(reader)).extracting(LogRecord::whole).containsExactly(false);
            write(stdout, "x\n\nlast");
            log.collect();
            assertThat(text(all(reader), LogStream.STDOUT)).isEqualTo("x\n\nlast");
        }
    }

    @Test
    void what_was_given_back_before_it_was_taken_over_is_passed_over_up_to_the_next_whole_line() throws Exception {
        ContainerLog log = log(LogLimits.DEFAULT);
        write(stdout, "first\n");
        log.collect();
        String lines = "a line that is gone\n".repeat(5_000);
        write(stdout, lines + "kept\n");
        write(stderr, "bad\n");
        // Into the last but one of the lines, and so into a block of the disk.
        SparseFile.punchHole(stdout, 0, "first\n".length() + lines.length() - 30);
        log.collect();
        write(stdout, "and on\n");
        log(LogLimits.DEFAULT).collect();
        try (LogReader reader = log.read()) {
            List<LogRecord> records = all(reader);
            assertThat(text(records, LogStream.STDOUT)).isEqualTo("first\na line that is gone\nkept\nand on\n");
            assertThat(text(records, LogStream.STDERR)).isEqualTo("bad\n");
        }
    }

    @Test
    void a_file_of_which_all_was_given_back_has_nothing_to_be_taken_over() throws Exception {
        ContainerLog log = log(LogLimits.DEFAULT);
        write(stdout, "gone\n".repeat(5_000));
        SparseFile.punchHole(stdout, 0, Files.size(stdout));
        log.collect();
        write(stdout, "new\n");
        log.collect();
        try (LogReader reader = log.read()) {
            assertThat(text(all(reader), LogStream.STDOUT)).isEqualTo("new\n");
        }
    }

    @Test
    void one_that_follows_sees_each_line_once_while_segments_come_and_the_oldest_go() throws Exception {
        ContainerLog log = log(new LogLimits(4000, 3));
        StringBuilder written = new StringBuilder();
        StringBuilder seen = new StringBuilder();
        try (LogReader reader = log.read()) {
            for (int i = 0; i < 2000; i++) {
                String line = "line " + i + "\n";
                written.append(line);
                write(stdout, line);
                if (i % 7 == 0) {
                    log.collect();
                    seen.append(text(all(reader), LogStream.STDOUT));
                }
            }
            log.collect();
            seen.append(text(all(reader), LogStream.STDOUT));
            assertThat(seen.toString()).isEqualTo(written.toString());
            assertThat(reader.missed()).isZero();
        }
        try (var segments = Files.list(temp.resolve("log"))) {
            assertThat(segments.filter(p -> p.toString().endsWith(".log"))).hasSize(3);
        }
        try (LogReader late = log.read()) {
            assertThat(written.toString()).endsWith(text(all(late), LogStream.STDOUT));
        }
    }

    @Test
    void no_file_is_longer_than_was_asked_but_for_the_record_that_passes_it() throws Exception {
        ContainerLog log = log(new LogLimits(64 << 10, 5));
        write(stdout, "\n".repeat(10_000) + "x".repeat(100_000) + "\n" + "line\n".repeat(20_000));
        log.collect();
        long most = (64 << 10) + RecordFormat.PREFIX_BYTES + RecordFormat.CONTENT_BYTES_MAX + 1;
        List<LogSegment> segments = LogSegment.all(temp.resolve("log"));
        assertThat(segments).hasSize(5);
        for (LogSegment segment : segments) {
            assertThat(Files.size(segment.path())).isLessThanOrEqualTo(most);
        }
    }

    @Test
    void who_reads_each_file_before_it_goes_misses_nothing_however_little_is_kept() throws Exception {
        ContainerLog log = log(new LogLimits(4000, 2));
        StringBuilder written = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            written.append("line ").append(i).append('\n');
        }
        write(stdout, written.toString());
        StringBuilder seen = new StringBuilder();
        try (LogReader reader = log.read()) {
            log.collect(() -> seen.append(text(all(reader), LogStream.STDOUT)));
            seen.append(text(all(reader), LogStream.STDOUT));
            assertThat(seen.toString()).isEqualTo(written.toString());
            assertThat(reader.missed()).isZero();
        }
    }

    @Test
    void whoever_goes_on_after_a_collector_was_killed_at_any_byte_loses_and_doubles_nothing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        StringBuilder out = new StringBuilder();
        StringBuilder err = new StringBuilder();
        for (int round = 0; round < 200; round++) {
            String line = "o".repeat(random.nextInt(60)) + round + (random.nextInt(4) == 0 ? "" : "\n");
            out.append(line);
            err.append("e").append(round).append('\n');
            write(stdout, line);
            write(stderr, "e" + round + "\n");
            log(new LogLimits(3000, 1000)).collect();
            cutOff(random);
        }
        ContainerLog last = log(new LogLimits(3000, 1000));
        last.collect();
        try (LogReader reader = last.read()) {
            List<LogRecord> records = all(reader);
            assertThat(text(records, LogStream.STDOUT)).as("seed " + seed).isEqualTo(out.toString());
            assertThat(text(records, LogStream.STDERR)).as("seed " + seed).isEqualTo(err.toString());
            assertThat(records).extracting(LogRecord::at).isSorted();
        }
    }

    /** As if it had been killed before all was written. */
    private void cutOff(Random random) throws IOException {
        Path last = LogSegment.all(temp.resolve("log")).getLast().path();
        try (FileChannel channel = FileChannel.open(last, StandardOpenOption.WRITE)) {
            long size = channel.size();
            channel.truncate(size - random.nextInt((int) Math.min(size, 150) + 1));
        }
    }

    @Test
    void disk_space_of_what_was_taken_is_given_back_while_the_file_keeps_its_length() throws Exception {
        write(stdout, "0123456789abcde\n".repeat(256 * 1024));
        ContainerLog log = log(LogLimits.DEFAULT);
        log.collect();
        assertThat(Files.size(stdout)).isEqualTo(4 << 20);
        assertThat(blocks(stdout)).isLessThan(300);
        write(stdout, "after\n");
        log.collect();
        try (LogReader reader = log.read()) {
            List<LogRecord> records = all(reader);
            assertThat(records).hasSize(256 * 1024 + 1);
            assertThat(records.getLast().text()).isEqualTo("after");
        }
    }

    /** Of 512 bytes. */
    private static long blocks(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(stat.inputReader().readLine());
    }

    @Test
    void long_lines_are_split_and_bytes_kept_as_they_are() throws Exception {
        byte[] bytes = new byte[100_000];
        new Random(7).nextBytes(bytes);
        Files.write(stdout, bytes, StandardOpenOption.APPEND);
        ContainerLog log = log(LogLimits.DEFAULT);
        log.collect();
        java.io.ByteArrayOutputStream seen = new java.io.ByteArrayOutputStream();
        try (LogReader reader = log.read()) {
            for (LogRecord record : all(reader)) {
                assertThat(record.content().length).isLessThanOrEqualTo(16 * 1024);
                seen.writeBytes(record.content());
                if (record.whole()) {
                    seen.write('\n');
                }
            }
        }
        assertThat(seen.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void a_container_that_cuts_its_own_file_off_is_read_from_the_beginning_again() throws Exception {
        ContainerLog log = log(LogLimits.DEFAULT);
        write(stdout, "before\n");
        log.collect();
        Files.write(stdout, new byte[0]);
        log.collect();
        write(stdout, "after\n");
        log.collect();
        try (LogReader reader = log.read()) {
            assertThat(text(all(reader), LogStream.STDOUT)).isEqualTo("before\nafter\n");
        }
    }

    @Test
    void nothing_is_made_for_a_container_that_writes_nothing() throws Exception {
        assertThat(log(LogLimits.DEFAULT).collect()).isTrue();
        assertThat(temp.resolve("log")).doesNotExist();
    }
}
