package io.slipway.app;

import io.slipway.access.SecurityRules;
import io.slipway.api.ApiParts;
import io.slipway.dashboard.DashboardParts;
import java.util.Map;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The controller's front: access, API and dashboard, over the ports of control that whoever imports this provides. */
@Configuration(proxyBeanMethods = false)
@Import({SecurityRules.class, ApiParts.class, DashboardParts.class})
public class WebBeans {
    /** What the front needs of Boot; for {@code SpringApplication.setDefaultProperties}. Each can be overridden. */
    public static final Map<String, Object> PROPERTIES = Map.ofEntries(
            Map.entry("spring.threads.virtual.enabled", true),
            Map.entry("spring.main.banner-mode", "off"),
            Map.entry("spring.web.error.include-message", "never"),
            Map.entry("spring.web.error.include-stacktrace", "never"),
            Map.entry("spring.web.error.whitelabel.enabled", false),
            // A page that fails half-way must become an error page, not half a page.
            Map.entry("spring.thymeleaf.servlet.produce-partial-output-while-processing", false),
            Map.entry("spring.mvc.async.request-timeout", "-1"),
            Map.entry("server.address", "127.0.0.1"),
            Map.entry("server.forward-headers-strategy", "none"),
            Map.entry("server.tomcat.use-relative-redirects", true),
            Map.entry("server.compression.enabled", true),
            Map.entry("server.shutdown", "graceful"),
            Map.entry("spring.lifecycle.timeout-per-shutdown-phase", "5s"),
            Map.entry("management.endpoints.web.exposure.include", "health,prometheus"),
            Map.entry("management.endpoint.health.show-details", "never"),
            Map.entry("springdoc.api-docs.enabled", true),
            Map.entry("springdoc.paths-to-match", "/api/**"));
}
