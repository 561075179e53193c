package io.slipway.traffic.dns;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Answers the containers of one network: names of services with the host's address there, at which the edge serves; everything else as the host's own
 * name servers do. Nobody outside of the network is answered.
 */
public final class NameServer extends VerticleBase {
    /** What lies below it is ours alone: it is never asked of others (private use, ICANN resolution 2024.07.29.06). */
    public static final String DOMAIN = "slipway.internal";

    private static final int UNDER_WAY_MAX = 512;
    private static final int CONNECTIONS_MAX = 128;
    private static final int IDLE_SECONDS = 10;
    private static final long LOOK_EVERY_MS = 5_000;

    private final Subnet at;
    private final int port;
    private final Predicate<String> services;
    private final HostResolvers resolvers;
    private final NameCounts counts;
    private int underWay;
    private int connections;

    /**
     * @param at the host's address on the network: where it listens, and what it answers
     * @param services whether the edge serves a name
     */
    public NameServer(Subnet at, int port, Predicate<String> services, HostResolvers resolvers, NameCounts counts) {
        this.at = at;
        this.port = port;
        this.services = services;
        this.resolvers = resolvers;
        this.counts = counts;
    }

    @Override
    public Future<?> start() {
        resolvers.look();
        vertx.setPeriodic(
                LOOK_EVERY_MS,
                _ -> vertx.executeBlocking(() -> {
                    resolvers.look();
                    return resolvers;
                }));
        DatagramSocket socket = vertx.createDatagramSocket();
        socket.handler(packet -> take(
                packet.sender().hostAddress(),
                packet.data().getBytes(),
                false,
                answer -> socket.send(
                        Buffer.buffer(answer),
                        packet.sender().port(),
                        packet.sender().host())));
        NetServer server = vertx.createNetServer(new NetServerOptions().setIdleTimeout(IDLE_SECONDS))
                .connectHandler(this::connected);
        return Future.all(socket.listen(port, at.address()), server.listen(port, at.address()));
    }

    private void connected(NetSocket socket) {
        if (connections >= CONNECTIONS_MAX) {
            socket.close();
            return;
        }
        connections++;
        socket.closeHandler(_ -> connections--);
        socket.exceptionHandler(_ -> socket.close());
        String from = socket.remoteAddress().hostAddress();
        new Framed(message -> take(from, message, true, answer -> socket.write(Framed.of(answer)))).reads(socket);
    }

    private void take(String from, byte[] message, boolean stream, Consumer<byte[]> reply) {
        Optional<Question> asked = at.contains(from) ? Question.parse(message) : Optional.empty();
        asked.ifPresent(question -> own(question).ifPresentOrElse(reply, () -> forward(question, stream, reply)));
    }

    /** Empty if it is for others to answer. */
    private Optional<byte[]> own(Question question) {
        boolean ours = question.name().equals(DOMAIN) || question.name().endsWith("." + DOMAIN);
        if (question.category() != Question.INTERNET || !(ours || serves(question.name()))) {
            return Optional.empty();
        }
        if (!question.name().equals(DOMAIN) && !serves(question.name())) {
            counts.none.increment();
            return Optional.of(Answer.to(question, Answer.NO_SUCH_NAME, Optional.empty()));
        }
        counts.service.increment();
        boolean address = question.type() == Question.ADDRESS || question.type() == Question.ANY;
        return Optional.of(Answer.to(
                question,
                Answer.NO_ERROR,
                address && serves(question.name()) ? Optional.of(at.bytes()) : Optional.empty()));
    }

    private boolean serves(String name) {
        return services.test(name);
    }

    private void forward(Question question, boolean stream, Consumer<byte[]> reply) {
        if (underWay >= UNDER_WAY_MAX) {
            counts.failed.increment();
            reply.accept(Answer.to(question, Answer.SERVER_FAILED, Optional.empty()));
            return;
        }
        underWay++;
        new Forwarding(vertx, question, stream, resolvers.known(), answer -> {
                    underWay--;
                    (Answer.code(answer) == Answer.SERVER_FAILED ? counts.failed : counts.forwarded).increment();
                    reply.accept(answer);
                })
                .begin();
    }
}
