package io.slipway.sandbox.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of a log. Its name tells from where on it holds each stream, so that no other file has to be kept in step with it.
 *
 * @param number from 1 on, without gaps but for those removed at the beginning
 * @param stdout how many bytes of that stream are in segments before it
 */
record LogSegment(Path directory, int number, long stdout, long stderr) {
    private static final Pattern NAME = Pattern.compile("(\\d{6,9})-(\\d{1,18})-(\\d{1,18})\\.log");

    Path path() {
        return directory.resolve(String.format("%06d-%d-%d.log", number, stdout, stderr));
    }

    /** Oldest first; none when there is no such directory. */
    static List<LogSegment> all(Path directory) throws IOException {
        List<LogSegment> segments = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    segments.add(new LogSegment(
                            directory,
                            Integer.parseInt(name.group(1)),
                            Long.parseLong(name.group(2)),
                            Long.parseLong(name.group(3))));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        segments.sort(Comparator.comparingInt(LogSegment::number));
        return segments;
    }
}
