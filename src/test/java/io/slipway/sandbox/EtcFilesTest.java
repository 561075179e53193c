package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom containers ask for names. */
class EtcFilesTest {
    @TempDir
    private Path temp;

    @Test
    void where_the_host_asks_its_own_resolved_containers_ask_whom_that_asks() throws Exception {
        Path own = write("own", "# of resolved", "nameserver 127.0.0.53", "options edns0 trust-ad", "search .");
        Path behind = write("behind", "nameserver 192.0.2.1", "nameserver 2001:db8::1", "search example.com");
        assertThat(EtcFiles.resolvConf(own, behind)).isEqualTo(Files.readString(behind));
    }

    @Test
    void servers_on_the_loopback_mean_another_machine_inside_and_are_left_out() throws Exception {
        Path behind = write("behind", "nameserver 192.0.2.1");
        Path both = write("both", "nameserver 127.0.0.1", "nameserver ::1", "nameserver 192.0.2.9", "search a.example");
        assertThat(EtcFiles.resolvConf(both, behind)).isEqualTo("nameserver 192.0.2.9\nsearch a.example\n");
        Path alone = write("alone", "nameserver 127.0.0.1");
        assertThat(EtcFiles.resolvConf(alone, temp.resolve("missing"))).isEmpty();
        Path none = write("none", "search a.example");
        assertThat(EtcFiles.resolvConf(none, behind)).isEqualTo("search a.example\n");
    }

    private Path write(String name, String... lines) throws Exception {
        return Files.writeString(temp.resolve(name), String.join("\n", lines) + "\n");
    }
}
