package io.slipway.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleServiceTest {
    @Test
    void one_connection_carries_many_requests_and_each_answer_names_the_version() throws Exception {
        try (SampleService service = started(Map.of("VERSION", "v7"));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            assertThat(ask(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo("200 {\"version\":\"v7\"}");
            assertThat(ask(client, "POST /?q HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"))
                    .startsWith("200 ");
            assertThat(ask(client, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo("200 {\"healthy\":true}");
            assertThat(ask(client, "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                    .startsWith("404 ");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void shares_of_one_make_every_request_slow_and_fail_but_the_health_stays_good() throws Exception {
        try (SampleService service = started(Map.of("ERROR_SHARE", "1", "SLOW_SHARE", "1", "SLOW_MS", "50"));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            long start = System.nanoTime();
            assertThat(ask(client, "GET / HTTP/1.1\r\n\r\n")).startsWith("500 ");
            assertThat((System.nanoTime() - start) / 1_000_000).isGreaterThanOrEqualTo(50);
            assertThat(ask(client, "GET /healthz HTTP/1.1\r\n\r\n")).startsWith("200 ");
        }
    }

    @Test
    void what_a_request_leaks_stays_in_memory() throws Exception {
        try (SampleService service = started(Map.of("LEAK_KIB", "65536"));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            long before = residentKib();
            assertThat(ask(client, "GET / HTTP/1.1\r\n\r\n")).startsWith("200 ");
            assertThat(residentKib()).isGreaterThan(before + 40_000);
        }
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_setting_that_makes_no_sense_is_named() {
        assertThatThrownBy(() -> SampleSettings.of(Map.of("SLOW_SHARE", "15%"))).hasMessageContaining("SLOW_SHARE=15%");
        assertThatThrownBy(() -> SampleSettings.of(Map.of("PORT", "70000"))).hasMessageContaining("PORT=70000");
        assertThatThrownBy(() -> SampleSettings.of(Map.of("ERROR_SHARE", "NaN")))
                .hasMessageContaining("ERROR_SHARE");
    }

    private static SampleService started(Map<String, String> env) throws IOException {
        Map<String, String> all = new HashMap<>(env);
        all.put("PORT", "0");
        SampleService service = SampleService.start(SampleSettings.of(all), InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                service.accept();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return service;
    }

    /** Status and body of the answer. */
    private static String ask(Socket client, String request) throws IOException {
        client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        String status = in.readLine().split(" ")[1];
        int length = 0;
        String header;
        while (!(header = in.readLine()).isEmpty()) {
            if (header.startsWith("Content-Length: ")) {
                length = Integer.parseInt(header.substring("Content-Length: ".length()));
            }
        }
        char[] body = new char[length];
        assertThat(in.read(body)).isEqualTo(length);
        return status + " " + new String(body);
    }
}
