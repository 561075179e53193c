package io.slipway.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookAddressTest {
    private final WebhookAddress addresses = new WebhookAddress(false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "gopher://203.0.113.1/",
                "/relative",
                "http://user:secret@203.0.113.1/",
                "http://203.0.113.1/#part",
                "http://127.0.0.1/",
                "http://127.1.2.3:8080/",
                "http://0.0.0.0/",
                "http://10.1.2.3/",
                "http://172.16.0.1/",
                "http://192.168.1.1/",
                "http://169.254.169.254/latest/meta-data/",
                "http://100.64.0.1/",
                "http://224.0.0.1/",
                "http://255.255.255.255/",
                "http://[::1]/",
                "http://[::]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::127.0.0.1]/",
                "http://[fe80::1]/",
                "http://[fc00::1]/",
                "http://[fd00:ec2::254]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[2002:7f00:1::]/",
                "http://localhost/",
                "http://ex ample/"
            })
    void an_address_that_leads_inside_or_is_no_plain_web_address_is_refused(String url) {
        assertThatThrownBy(() -> addresses.resolve(url)).isInstanceOf(WebhookAddress.NotAllowed.class);
    }

    /** Decimal, hexadecimal and short forms of 127.0.0.1: refused, or not a name that resolves; never connected to. */
    @ParameterizedTest
    @ValueSource(strings = {"http://2130706433/", "http://0x7f000001/", "http://127.1/"})
    void other_written_forms_of_loopback_lead_nowhere(String url) {
        assertThatThrownBy(() -> addresses.resolve(url))
                .isInstanceOfAny(WebhookAddress.NotAllowed.class, UnknownHostException.class);
    }

    /** Java reads 0177 as decimal, and what it read is what is connected to, whatever another resolver would make of it. */
    @Test
    void the_address_that_was_looked_at_is_the_one_that_is_connected_to() throws Exception {
        assertThat(addresses.resolve("http://0177.0.0.1/").address().getHostAddress())
                .isEqualTo("177.0.0.1");
    }

    @Test
    void a_public_address_is_taken_and_an_inner_one_where_the_configuration_allows_it() throws Exception {
        assertThat(addresses.resolve("https://203.0.113.7/hook").port()).isEqualTo(443);
        assertThat(new WebhookAddress(true).resolve("http://127.0.0.1:8099/").port())
                .isEqualTo(8099);
    }
}
