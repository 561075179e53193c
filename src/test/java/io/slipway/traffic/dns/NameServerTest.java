package io.slipway.traffic.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.agent.FreePorts;
import io.vertx.core.Vertx;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asked by the JDK's own resolver (module jdk.naming.dns), and byte by byte. */
class NameServerTest {
    private static final String HERE = "127.0.0.2";
    private static final Set<String> SERVICES = Set.of("checkout", "checkout.slipway.internal");
    private static final int PATIENCE_MS = 60_000;

    @TempDir
    private Path scratch;

    private final NameCounts counts = new NameCounts();
    private Vertx vertx;
    private StubResolver first;
    private StubResolver second;
    private int port;

    @BeforeEach
    void serve() throws Exception {
        vertx = Vertx.vertx();
        first = new StubResolver("127.0.0.3");
        second = new StubResolver("127.0.0.4");
        Files.writeString(
                scratch.resolve("resolv.conf"),
                "# ours\nnameserver 127.0.0.3\nsearch example.com\nnameserver\t127.0.0.4\nnameserver not-an-address\n");
        port = serve(new Subnet(HERE, 24));
    }

    private int serve(Subnet at) throws Exception {
        int free = FreePorts.take();
        vertx.deployVerticle(new NameServer(
                        at, free, SERVICES::contains, new HostResolvers(scratch.resolve("resolv.conf")), counts))
                .await();
        return free;
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await();
        first.close();
        second.close();
    }

    /** Of our own server, which is the JDK's to doubt. */
    @SuppressWarnings({"BanJNDI", "JdkObsolete"})
    private Optional<String> ask(String name, String type) throws NamingException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, "dns://" + HERE + ":" + port);
        environment.put("com.sun.jndi.dns.timeout.initial", String.valueOf(PATIENCE_MS));
        environment.put("com.sun.jndi.dns.timeout.retries", "1");
        DirContext context = new InitialDirContext(environment);
        try {
            Attribute found = context.getAttributes(name, new String[] {type}).get(type);
            return found == null ? Optional.empty() : Optional.of(found.get().toString());
        } finally {
            context.close();
        }
    }

    @Test
    void the_names_of_services_lead_to_the_hosts_address_on_the_network() throws Exception {
        assertThat(ask("checkout", "A")).contains(HERE);
        assertThat(ask("CheckOut.Slipway.INTERNAL", "A")).contains(HERE);
        // There, but not by IPv6: whoever gets 'no such name' for one asks no more for the other.
        assertThat(ask("checkout", "AAAA")).isEmpty();
        assertThat(ask("slipway.internal", "A")).isEmpty();
        assertThat(first.asked).isEmpty();
        assertThat(counts.now()).containsEntry("service", 4L).containsEntry("forwarded", 0L);
    }

    @Test
    void a_name_below_our_domain_that_is_no_service_is_none_and_is_not_told_to_others() {
        assertThatThrownBy(() -> ask("gone.slipway.internal", "A")).isInstanceOf(NameNotFoundException.class);
        assertThat(first.asked).isEmpty();
        assertThat(second.asked).isEmpty();
        assertThat(counts.now()).containsEntry("none", 1L);
    }

    @Test
    void other_names_are_answered_as_the_host_is() throws Exception {
        assertThat(ask("db.example.com", "A")).contains(StubResolver.ADDRESS);
        assertThat(ask("checkout.example.com", "A")).contains(StubResolver.ADDRESS);
        first.code = Answer.NO_SUCH_NAME;
        assertThatThrownBy(() -> ask("missing.example.com", "A")).isInstanceOf(NameNotFoundException.class);
        assertThat(first.asked).containsExactly("db.example.com", "checkout.example.com", "missing.example.com");
        assertThat(second.asked).isEmpty();
        assertThat(counts.now()).containsEntry("forwarded", 3L).containsEntry("failed", 0L);
    }

    @Test
    void a_name_server_that_fails_or_is_silent_or_is_not_itself_is_passed_over() throws Exception {
        first.code = Answer.SERVER_FAILED;
        assertThat(ask("a.example.com", "A")).contains(StubResolver.ADDRESS);
        first.silent = true;
        assertThat(ask("b.example.com", "A")).contains(StubResolver.ADDRESS);
        first.silent = false;
        first.code = Answer.NO_ERROR;
        first.wrongId = true;
        assertThat(ask("c.example.com", "A")).contains(StubResolver.ADDRESS);
        assertThat(first.asked).isEqualTo(second.asked);
    }

    @Test
    void a_long_answer_is_got_by_a_stream() throws Exception {
        first.truncates = true;
        assertThat(ask("long.example.com", "A")).contains(StubResolver.ADDRESS);
        assertThat(first.streams).hasValue(1);
    }

    @Test
    void nobody_outside_of_the_network_is_answered() throws Exception {
        String elsewhere = "127.0.1.2";
        int other = serve(new Subnet(elsewhere, 24));
        byte[] question = query("checkout");
        try (DatagramSocket outside = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
                DatagramSocket inside = new DatagramSocket(0, InetAddress.getByName("127.0.1.9"))) {
            outside.send(new DatagramPacket(question, question.length, InetAddress.getByName(elsewhere), other));
            inside.send(new DatagramPacket(question, question.length, InetAddress.getByName(elsewhere), other));
            inside.setSoTimeout(PATIENCE_MS);
            inside.receive(new DatagramPacket(new byte[512], 512));
            // They were read in the order in which they came.
            outside.setSoTimeout(100);
            assertThatThrownBy(() -> outside.receive(new DatagramPacket(new byte[512], 512)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void whatever_it_is_sent_it_goes_on_answering() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        System.out.println("seed " + seed);
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 2_000; i++) {
                byte[] bytes = i % 2 == 0 ? query("checkout") : new byte[random.nextInt(300)];
                if (i % 2 == 1) {
                    random.nextBytes(bytes);
                }
                for (int change = 0; bytes.length > 0 && change < 3; change++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(HERE), port));
            }
        }
        assertThat(answers("checkout")).as("seed " + seed).isTrue();
    }

    /** Asks until there is an answer: so much at once is more than a socket holds. */
    private boolean answers(String name) throws Exception {
        byte[] question = query(name);
        long deadline = System.nanoTime() + Duration.ofMillis(PATIENCE_MS).toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(200);
            while (System.nanoTime() < deadline) {
                socket.send(new DatagramPacket(question, question.length, InetAddress.getByName(HERE), port));
                try {
                    DatagramPacket answer = new DatagramPacket(new byte[512], 512);
                    socket.receive(answer);
                    return answer.getData()[7] == 1;
                } catch (SocketTimeoutException e) {
                    // Asked again.
                }
            }
        }
        return false;
    }

    /** One question, type A. */
    private static byte[] query(String name) {
        byte[] label = name.toLowerCase(Locale.ROOT).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] query = new byte[Question.HEAD_BYTES + label.length + 6];
        query[1] = 7;
        query[2] = 1;
        query[5] = 1;
        query[Question.HEAD_BYTES] = (byte) label.length;
        System.arraycopy(label, 0, query, Question.HEAD_BYTES + 1, label.length);
        query[query.length - 3] = 1;
        query[query.length - 1] = 1;
        return query;
    }
}
