package io.slipway.traffic.dns;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A question on its way to the host's name servers, one after the other, each with two seconds to answer. Each time from a port and under an id that
 * nobody can know beforehand, so that nobody else can answer (RFC 5452, section 4.5). On one event loop.
 */
final class Forwarding {
    private static final long PATIENCE_MS = 2_000;
    private static final SecureRandom RANDOM = new SecureRandom();
    private final Vertx vertx;
    private final Question question;
    private final boolean stream;
    private final Deque<SocketAddress> left;
    private final Consumer<byte[]> reply;
    private @Nullable Attempt now;
    private Optional<byte[]> worse = Optional.empty();

    /**
     * @param stream whether it came by TCP, and is to go on so
     * @param reply is given the answer, once
     */
    Forwarding(Vertx vertx, Question question, boolean stream, List<SocketAddress> servers, Consumer<byte[]> reply) {
        this.vertx = vertx;
        this.question = question;
        this.stream = stream;
        this.left = new ArrayDeque<>(servers);
        this.reply = reply;
    }

    void begin() {
        SocketAddress server = left.poll();
        if (server == null) {
            reply.accept(worse.orElseGet(() -> Answer.to(question, Answer.SERVER_FAILED, Optional.empty())));
            return;
        }
        Attempt attempt = new Attempt(server, RANDOM.nextInt(1 << 16));
        now = attempt;
        if (stream) {
            attempt.byStream();
        } else {
            attempt.byDatagram();
        }
    }

    /** One server, asked once. */
    private final class Attempt {
        private final SocketAddress server;
        private final int id;
        private final long timer;
        private @Nullable Runnable closing;

        Attempt(SocketAddress server, int id) {
            this.server = server;
            this.id = id;
            this.timer = vertx.setTimer(PATIENCE_MS, _ -> over(Optional.empty()));
        }

        private byte[] asked() {
            return Question.under(id, question.message());
        }

        void byDatagram() {
            DatagramSocket socket = vertx.createDatagramSocket();
            closing = socket::close;
            socket.exceptionHandler(_ -> over(Optional.empty()));
            socket.handler(packet -> {
                boolean fromIt = packet.sender().port() == server.port()
                        && packet.sender().hostAddress().equals(server.hostAddress());
                if (fromIt) {
                    took(packet.data().getBytes());
                }
            });
            String any = server.host().contains(":") ? "::" : "0.0.0.0";
            socket.listen(0, any)
                    .compose(bound -> bound.send(Buffer.buffer(asked()), server.port(), server.host()))
                    .onFailure(_ -> over(Optional.empty()));
        }

        void byStream() {
            NetClient client = vertx.createNetClient();
            closing = client::close;
            client.connect(server).onComplete(this::converse, _ -> over(Optional.empty()));
        }

        private void converse(NetSocket socket) {
            socket.exceptionHandler(_ -> over(Optional.empty()));
            socket.endHandler(_ -> over(Optional.empty()));
            new Framed(this::took).reads(socket);
            socket.write(Framed.of(asked()));
        }

        private void took(byte[] message) {
            if (question.isAnsweredBy(message, id)) {
                over(Optional.of(message));
            }
        }

        private void over(Optional<byte[]> answer) {
            if (now != this) {
                return;
            }
            now = null;
            vertx.cancelTimer(timer);
            if (closing != null) {
                closing.run();
            }
            Optional<byte[]> own = answer.map(message -> Question.under(question.id(), message));
            int code = own.map(Answer::code).orElse(Answer.SERVER_FAILED);
            if (code == Answer.SERVER_FAILED || code == Answer.REFUSED) {
                worse = own.or(() -> worse);
                begin();
            } else {
                reply.accept(own.orElseThrow());
            }
        }
    }
}
