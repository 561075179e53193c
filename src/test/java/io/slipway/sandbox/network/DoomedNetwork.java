package io.slipway.sandbox.network;

import io.slipway.linux.Failpoint;
import io.slipway.linux.TracedJvm;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.PublishedPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A process of its own that does one thing to a network and dies in the middle of it: {@code STATE BRIDGE PID OPERATION [CALLS]}. Where it is said
 * after how many calls, it dies there by itself; when it comes to the end it prints how many there were. Else it is a {@link TracedJvm}'s.
 */
public final class DoomedNetwork {
    static final Connection CONNECTION = new Connection("default", List.of(PublishedPort.parse("127.0.0.1:8080:80")));

    private DoomedNetwork() {}

    /** What it does. */
    enum Operation {
        JOIN,
        LEAVE,
        DELETE
    }

    public static void main(String[] args) throws Exception {
        Operation operation = Operation.valueOf(args[3]);
        int pid = Integer.parseInt(args[2]);
        if (operation == Operation.JOIN) {
            begin(args);
        }
        BridgeNetwork network = BridgeNetwork.open(Path.of(args[0]), args[1]);
        network.attach("web", CONNECTION, pid);
        if (operation != Operation.JOIN) {
            begin(args);
        }
        switch (operation) {
            case JOIN -> network.close();
            case LEAVE -> network.detach("web", CONNECTION);
            case DELETE -> network.deleteBridge();
        }
        System.out.println(Failpoint.calls());
    }

    private static void begin(String[] args) throws IOException {
        if (args.length > 4) {
            Failpoint.arm(Long.parseLong(args[4]), -1);
        } else {
            TracedJvm.ready();
        }
    }
}
