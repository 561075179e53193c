package io.slipway.sandbox.oci;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A socket of somebody who listens and is stuck. */
final class BusySocket implements AutoCloseable {
    private final ServerSocketChannel listening;
    private final List<SocketChannel> others = new ArrayList<>();

    private BusySocket(Path path, int backlog) throws IOException {
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(path), backlog);
    }

    /** Others wait there already, as many as may. */
    static BusySocket acceptingNobody(Path path) throws IOException {
        BusySocket socket = new BusySocket(path, 1);
        while (socket.another(path)) {
            // One more waits.
        }
        return socket;
    }

    /** Whoever comes may connect, and write until the buffer is full. */
    static BusySocket readingNothing(Path path) throws IOException {
        return new BusySocket(path, 8);
    }

    private boolean another(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        others.add(channel);
        channel.configureBlocking(false);
        try {
            // At a full queue the kernel says EAGAIN, which no poll(2) ends: neither connected nor on the way.
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel one : others) {
            one.close();
        }
        listening.close();
    }
}
