package io.slipway.app;

import io.slipway.access.AdminToken;
import io.slipway.control.HostInbox;
import io.slipway.control.Tokens;
import io.slipway.fleet.FleetToken;
import io.slipway.gateway.FleetGateway;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The controller's end of the fleet, and the first admin's token. */
@Configuration(proxyBeanMethods = false)
class FleetBeans {
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean(destroyMethod = "close")
    FleetGateway fleetGateway(
            @Value("${server.address}") String bind,
            @Value("${slipway.fleet.port}") int port,
            @Value("${slipway.data}") Path data,
            HostInbox inbox)
            throws IOException {
        return new FleetGateway(
                new InetSocketAddress(bind, port), FleetToken.ensure(data.resolve("fleet-token")), inbox);
    }

    @Bean
    ApplicationRunner adminToken(@Value("${slipway.data}") Path data, Tokens tokens, Clock clock) {
        return _ -> AdminToken.ensure(data.resolve("admin-token"), tokens, clock);
    }
}
