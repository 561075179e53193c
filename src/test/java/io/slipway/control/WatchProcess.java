package io.slipway.control;

import io.slipway.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A whole controller in a process of its own, to be killed: it takes one turn for each line that it reads, and says whether it led. */
final class WatchProcess {
    /** What an answer begins with; other lines are its log. */
    static final String TURNED = "turned ";

    private WatchProcess() {}

    /** Arguments: database's URL, user, password, seconds between two looks. */
    public static void main(String[] args) throws IOException {
        Yard yard = new Yard(
                new FakeHosts(0),
                TestDatabase.known(args[0], args[1], args[2]),
                Duration.ofSeconds(Long.parseLong(args[3])),
                "process-" + ProcessHandle.current().pid());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(TURNED + yard.controller.loop.turn());
        }
    }
}
