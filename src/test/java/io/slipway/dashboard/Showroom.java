package io.slipway.dashboard;

import io.slipway.api.FrontServer;
import io.slipway.api.Scenes;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/** The dashboard over made-up services, to look at: {@code Showroom PORT all|empty|many}. Prints a token to sign in with. */
public final class Showroom {
    private Showroom() {}

    public static void main(String[] args) throws InterruptedException {
        FrontServer server = new FrontServer(Integer.parseInt(args[0]));
        Scenes scenes = new Scenes(server, Instant.now());
        switch (args[1]) {
            case "all" -> scenes.all();
            case "many" -> scenes.many(200);
            default -> {}
        }
        System.out.println(server.at("/") + " " + server.tokens.issue("alice@example.com", "admin"));
        new CountDownLatch(1).await();
    }
}
