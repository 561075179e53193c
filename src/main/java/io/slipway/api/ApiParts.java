package io.slipway.api;

import io.slipway.control.IdempotencyKeys;
import io.slipway.control.OwnSeriesStore;
import io.slipway.control.Releases;
import io.slipway.control.RunbookShelf;
import io.slipway.control.Tokens;
import io.slipway.control.Views;
import io.slipway.control.Webhooks;
import io.slipway.release.PolicyDefaults;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** The API's parts, over the ports of control. */
@Configuration(proxyBeanMethods = false)
public class ApiParts implements WebMvcConfigurer {
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new UnknownParameters()).addPathPatterns("/api/**");
    }

    @Bean
    ProblemResolver problemResolver(JsonMapper json) {
        return new ProblemResolver(json);
    }

    /** Last in the pipeline, so before Boot's own report, which has no body. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> unreadableRequests(JsonMapper json) {
        return factory -> factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new UnreadableRequest(json)));
    }

    /** After the security filters, so that nobody unknown makes us read a body. */
    @Bean
    FilterRegistrationBean<BodyLimit> bodyLimit(ProblemResolver problems) {
        FilterRegistrationBean<BodyLimit> bean = new FilterRegistrationBean<>(new BodyLimit(problems));
        bean.setOrder(Ordered.LOWEST_PRECEDENCE - 20);
        return bean;
    }

    @Bean
    FilterRegistrationBean<IdempotencyFilter> idempotency(IdempotencyKeys keys, ProblemResolver problems) {
        FilterRegistrationBean<IdempotencyFilter> bean =
                new FilterRegistrationBean<>(new IdempotencyFilter(keys, problems));
        bean.setOrder(Ordered.LOWEST_PRECEDENCE - 10);
        return bean;
    }

    @Bean
    RolloutLookup rolloutLookup(Views views) {
        return new RolloutLookup(views);
    }

    @Bean
    ReleasesController releasesController(Releases releases, ObjectProvider<PolicyDefaults> policy) {
        return new ReleasesController(releases, new ServiceFileReader(policy.getIfAvailable(PolicyDefaults::builtIn)));
    }

    @Bean
    RolloutsController rolloutsController(Views views, RolloutLookup lookup, Clock clock) {
        return new RolloutsController(views, lookup, clock);
    }

    @Bean
    RolloutCommandsController rolloutCommandsController(Releases releases, RolloutLookup lookup) {
        return new RolloutCommandsController(releases, lookup);
    }

    @Bean
    RolloutEventsController rolloutEventsController(Views views, RolloutLookup lookup) {
        return new RolloutEventsController(views, lookup);
    }

    @Bean
    ServicesController servicesController(Views views, Releases releases, RolloutLookup lookup, Clock clock) {
        return new ServicesController(views, releases, lookup, clock);
    }

    @Bean
    FleetController fleetController(Views views) {
        return new FleetController(views);
    }

    @Bean
    RunbooksController runbooksController(RunbookShelf shelf, Views views, JsonMapper json) {
        return new RunbooksController(shelf, views, json);
    }

    @Bean
    AuditController auditController(Views views) {
        return new AuditController(views);
    }

    @Bean
    WebhooksController webhooksController(Webhooks webhooks) {
        return new WebhooksController(webhooks);
    }

    @Bean
    MetricsController metricsController(Views views, OwnSeriesStore series, RolloutLookup lookup, Clock clock) {
        return new MetricsController(views, series, lookup, clock);
    }

    @Bean
    TokensController tokensController(Tokens tokens, Clock clock) {
        return new TokensController(tokens, clock);
    }
}
