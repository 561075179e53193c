package io.slipway.cli;

import io.slipway.image.HistoryEntry;
import io.slipway.image.Image;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/** {@code slipway image history}: how an image was built, as Docker prints it, newest first. */
final class ImageHistory {
    private static final int COMMAND_LENGTH = 45;

    private ImageHistory() {}

    /** @param sizes of each layer's files, unpacked, lowest first */
    static void print(
            Printer printer, Image image, List<HistoryEntry> history, List<Long> sizes, boolean whole, Instant now) {
        List<List<String>> rows = new ArrayList<>();
        List<Long> each = sizes(history, sizes);
        for (int i = 0; i < history.size(); i++) {
            HistoryEntry step = history.get(i);
            String command = step.createdBy().replace('\t', ' ');
            rows.addFirst(List.of(
                    i == history.size() - 1 ? id(image, whole) : "<missing>",
                    step.created().map(at -> ago(Duration.between(at, now))).orElse("N/A"),
                    whole || command.length() <= COMMAND_LENGTH
                            ? command
                            : command.substring(0, COMMAND_LENGTH - 1) + "…",
                    DecimalSize.of(each.get(i)),
                    step.comment()));
        }
        printer.table(List.of("IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"), rows);
    }

    static ArrayNode json(Image image, List<HistoryEntry> history, List<Long> sizes) {
        ArrayNode list = ApiClient.JSON.createArrayNode();
        List<Long> each = sizes(history, sizes);
        for (int i = history.size() - 1; i >= 0; i--) {
            HistoryEntry step = history.get(i);
            list.addObject()
                    .put("Id", i == history.size() - 1 ? image.configDigest().toString() : "<missing>")
                    .put("Created", step.created().map(Instant::toString).orElse(""))
                    .put("CreatedBy", step.createdBy())
                    .put("Size", each.get(i))
                    .put("Comment", step.comment());
        }
        return list;
    }

    private static List<Long> sizes(List<HistoryEntry> history, List<Long> layers) {
        List<Long> each = new ArrayList<>();
        int layer = 0;
        for (HistoryEntry step : history) {
            each.add(step.emptyLayer() || layer == layers.size() ? 0L : layers.get(layer++));
        }
        return each;
    }

    private static String id(Image image, boolean whole) {
        return whole ? image.configDigest().toString() : image.configDigest().brief();
    }

    /** As Docker's units say it: the largest unit that fits, no fraction. */
    static String ago(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        long minutes = seconds / 60;
        long hours = Math.round(seconds / 3600.0);
        if (seconds < 1) {
            return "Less than a second ago";
        }
        if (seconds < 60) {
            return seconds == 1 ? "1 second ago" : seconds + " seconds ago";
        }
        if (minutes < 60) {
            return minutes == 1 ? "About a minute ago" : minutes + " minutes ago";
        }
        return longAgo(hours);
    }

    private static String longAgo(long hours) {
        if (hours < 48) {
            return hours == 1 ? "About an hour ago" : hours + " hours ago";
        }
        if (hours < 24 * 7 * 2) {
            return hours / 24 + " days ago";
        }
        if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks ago";
        }
        return hours < 24 * 365 * 2 ? hours / 24 / 30 + " months ago" : hours / 24 / 365 + " years ago";
    }

    /** A single layer's command of an image without a history is not known. */
    static List<HistoryEntry> orUnknown(List<HistoryEntry> history, int layers) {
        if (!history.isEmpty()) {
            return history;
        }
        List<HistoryEntry> unknown = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            unknown.add(new HistoryEntry(Optional.empty(), "", "", false));
        }
        return unknown;
    }
}
