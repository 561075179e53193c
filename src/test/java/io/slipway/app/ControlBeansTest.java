package io.slipway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.RolloutId;
import io.slipway.control.Actor;
import io.slipway.control.FakeHosts;
import io.slipway.control.HostInbox;
import io.slipway.control.Releases;
import io.slipway.control.RunbookShelf;
import io.slipway.control.Tokens;
import io.slipway.control.Views;
import io.slipway.control.Webhooks;
import io.slipway.store.Samples;
import io.slipway.store.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class ControlBeansTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(ControlBeans.class)
    static class Wired {
        @Bean
        FakeHosts hosts() {
            return new FakeHosts(1, "h1");
        }
    }

    @Test
    void a_wired_controller_leads_and_moves_a_release_on_by_itself() throws Exception {
        TestDatabase database = TestDatabase.fresh();
        SpringApplication application = new SpringApplication(Wired.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(Map.of(
                "spring.datasource.url", database.url(),
                "spring.datasource.username", database.user(),
                "spring.datasource.password", database.password(),
                "spring.main.banner-mode", "off",
                "slipway.look-interval", "1s"));
        try (ConfigurableApplicationContext context = application.run()) {
            FakeHosts hosts = context.getBean(FakeHosts.class);
            HostInbox inbox = context.getBean(HostInbox.class);
            RolloutId id = context.getBean(Releases.class)
                    .submit(Samples.spec(1), new Actor(Samples.OWNER, false))
                    .rollout();
            Views views = context.getBean(Views.class);
            Views.RolloutView seen = views.rollout(id).orElseThrow();
            for (int i = 0; i < 60 && !seen.state().label().equals("watching"); i++) {
                hosts.tick(Instant.now()).forEach(inbox::accept);
                seen = views.awaitChange(id, seen.version(), Duration.ofMillis(500))
                        .orElseThrow();
            }
            assertThat(seen.state().label()).isEqualTo("watching");
            assertThat(context.getBean(RunbookShelf.class).latest())
                    .extracting(RunbookShelf.Entry::slug)
                    .contains("a-host-is-gone", "revert-a-service");
            assertThat(context.getBean(Tokens.class).list()).isEmpty();
            assertThat(context.getBean(Webhooks.class).list()).isEmpty();
        }
    }
}
