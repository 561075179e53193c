package io.slipway.agent;

import io.slipway.fleet.FleetCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The ports in use, kept: what outlived us listens there. */
record Ports(int controller, int fleet, int edge, int edgeAdmin) {
    /** Those of last time, but for what is asked for now; 0 takes any free one. */
    static Ports choose(Path file, SupervisorOptions options) throws IOException {
        Ports last =
                Files.exists(file) ? FleetCodec.read(Files.readAllBytes(file), Ports.class) : new Ports(0, 0, 0, 0);
        Ports now = new Ports(
                first(options.port(), last.controller),
                first(options.fleetPort(), last.fleet),
                first(options.edgePort(), last.edge),
                first(0, last.edgeAdmin));
        Directories.writeDurably(file, FleetCodec.write(now));
        return now;
    }

    private static int first(int asked, int last) throws IOException {
        if (asked != 0) {
            return asked;
        }
        return last != 0 ? last : FreePorts.take();
    }
}
