package io.slipway.cli.oci;

import io.slipway.sandbox.oci.OciContainer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** Prints containers and processes, as runc does. */
final class Listing {
    private static final String ROW = "%-24s %-8s %-9s %-28s %s%n";
    private final PrintStream out;

    Listing(PrintStream out) {
        this.out = out;
    }

    void containers(List<OciContainer> containers, String format, boolean quiet) throws IOException {
        if (quiet) {
            containers.forEach(container -> out.println(container.id()));
        } else if (format.equals("json")) {
            StringBuilder json = new StringBuilder("[");
            for (OciContainer container : containers) {
                json.append(json.length() > 1 ? "," : "").append(json(container));
            }
            out.println(json.append("]"));
        } else {
            out.printf(ROW, "ID", "PID", "STATUS", "CREATED", "BUNDLE");
            for (OciContainer container : containers) {
                out.printf(
                        ROW,
                        container.id(),
                        container.pid(),
                        container.status().text(),
                        container.created(),
                        container.bundle());
            }
        }
    }

    private static String json(OciContainer container) throws IOException {
        return "{\"id\":" + OciLog.quoted(container.id()) + ",\"pid\":" + container.pid() + ",\"status\":"
                + OciLog.quoted(container.status().text()) + ",\"bundle\":" + OciLog.quoted(container.bundle())
                + ",\"created\":" + OciLog.quoted(container.created().toString()) + "}";
    }

    void processes(List<Integer> pids, String format) {
        if (format.equals("json")) {
            out.println(pids.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")));
        } else {
            out.println("PID");
            pids.forEach(out::println);
        }
    }
}
