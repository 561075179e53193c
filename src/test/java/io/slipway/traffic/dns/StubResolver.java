package io.slipway.traffic.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server at port 53 of a loopback address that knows one answer, and can be made to do wrong. */
final class StubResolver implements AutoCloseable {
    static final String ADDRESS = "192.0.2.7";
    private static final int PORT = 53;

    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile int code = Answer.NO_ERROR;
    volatile boolean silent;
    volatile boolean wrongId;
    volatile boolean truncates;
    final AtomicInteger streams = new AtomicInteger();
    private final DatagramSocket datagrams;
    private final ServerSocket listening;
    private final List<Thread> answering;

    StubResolver(String address) throws IOException {
        datagrams = new DatagramSocket(PORT, InetAddress.getByName(address));
        listening = new ServerSocket(PORT, 10, InetAddress.getByName(address));
        answering = List.of(
                Thread.ofVirtual().start(this::answerDatagrams),
                Thread.ofVirtual().start(this::answerStreams));
    }

    private void answerDatagrams() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
                datagrams.receive(packet);
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                if (truncates) {
                    answer[2] |= 2;
                }
                // What it does not understand, it gives back.
                if (!silent) {
                    datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void answerStreams() {
        try {
            while (true) {
                try (Socket socket = listening.accept()) {
                    streams.incrementAndGet();
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    byte[] answer = answer(in.readNBytes(in.readUnsignedShort()));
                    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                    out.writeShort(answer.length);
                    out.write(answer);
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private byte[] answer(byte[] message) {
        if (Question.parse(message).isEmpty()) {
            return message;
        }
        Question question = Question.parse(message).orElseThrow();
        asked.add(question.name());
        Optional<byte[]> address =
                code == Answer.NO_ERROR ? Optional.of(new byte[] {(byte) 192, 0, 2, 7}) : Optional.empty();
        byte[] answer = Answer.to(question, code, address);
        return wrongId ? Question.under(question.id() + 1, answer) : answer;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        datagrams.close();
        listening.close();
        // Whoever waits in a socket keeps its address for a moment longer.
        for (Thread thread : answering) {
            thread.join();
        }
    }
}
