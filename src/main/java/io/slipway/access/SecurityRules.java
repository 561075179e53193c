package io.slipway.access;

import io.slipway.control.Tokens;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Who gets in where.
 *
 * <pre>
 *   /api/**                 bearer token          401 and 403 as problem documents
 *   /actuator/health        everybody             says UP or DOWN, nothing else
 *   /actuator/prometheus    loopback, or a bearer token that may read: a scraper on the host needs no secret
 *   /v3/api-docs            everybody             it is the same for all installations
 *   everything else         session cookie        sign-in page
 * </pre>
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
public class SecurityRules {
    /** No inline script or style, nothing from elsewhere. */
    private static final String CONTENT_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
                    + " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Bean
    TokenCheck tokenCheck(Tokens tokens, Clock clock) {
        return new TokenCheck(tokens, clock);
    }

    @Bean
    Session session(Tokens tokens, TokenCheck check, Clock clock) {
        return new Session(tokens, check, clock, new SecureRandom());
    }

    /** Tokens are checked by our own filters; without this bean Boot would make a user with a password. */
    @Bean
    AuthenticationManager noPasswords() {
        return unused -> {
            throw new BadCredentialsException("There are no passwords here. Show a token.");
        };
    }

    @Bean
    @Order(1)
    SecurityFilterChain programs(
            HttpSecurity http, TokenCheck check, ObjectProvider<HandlerExceptionResolver> problems) {
        AuthenticationEntryPoint refuse = (request, response, why) -> refuse(problems, request, response, why);
        return stateless(http)
                .securityMatcher("/api/**", "/actuator/**", "/v3/api-docs/**", "/v3/api-docs.yaml")
                .addFilterBefore(TokenFilter.bearer(check, refuse), AnonymousAuthenticationFilter.class)
                .authorizeHttpRequests(
                        rules -> rules.requestMatchers("/actuator/health", "/v3/api-docs/**", "/v3/api-docs.yaml")
                                .permitAll()
                                .requestMatchers("/actuator/**")
                                .access((who, context) -> new AuthorizationDecision(mayScrape(context.getRequest())))
                                .anyRequest()
                                .authenticated())
                .exceptionHandling(e -> e.authenticationEntryPoint(refuse)
                        .accessDeniedHandler((request, response, why) -> answer(problems, request, response, why)))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain people(HttpSecurity http, TokenCheck check) {
        AuthenticationEntryPoint signIn = SecurityRules::signIn;
        return stateless(http)
                .addFilterBefore(TokenFilter.session(check, signIn), AnonymousAuthenticationFilter.class)
                .addFilterBefore(new OriginCheck(), TokenFilter.class)
                .authorizeHttpRequests(rules -> rules.requestMatchers(
                                "/sign-in", "/error", "/assets/**", "/webjars/**", "/favicon.svg", "/favicon.ico")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .exceptionHandling(e -> e.authenticationEntryPoint(signIn))
                .build();
    }

    private static HttpSecurity stateless(HttpSecurity http) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(cache -> cache.requestCache(new NullRequestCache()))
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .headers(h -> h.contentSecurityPolicy(csp -> csp.policyDirectives(CONTENT_POLICY))
                        .referrerPolicy(r -> r.policy(ReferrerPolicy.SAME_ORIGIN)));
    }

    private static boolean mayScrape(HttpServletRequest request) {
        return fromLoopback(request)
                || Caller.known().filter(c -> c.mayEverywhere(Scope.READ)).isPresent();
    }

    /** By the peer's own address. Behind a proxy on this host that is the proxy's, so a forwarded request is not taken for local. */
    private static boolean fromLoopback(HttpServletRequest request) {
        return request.getHeader("X-Forwarded-For") == null
                && request.getHeader("Forwarded") == null
                && InetAddress.ofLiteral(request.getRemoteAddr()).isLoopbackAddress();
    }

    private static void refuse(
            ObjectProvider<HandlerExceptionResolver> problems,
            HttpServletRequest request,
            HttpServletResponse response,
            AuthenticationException why)
            throws IOException {
        String shown = request.getHeader("Authorization");
        String said = shown != null && TokenFilter.isBearer(shown)
                ? String.valueOf(why.getMessage())
                : (shown == null ? "No token was shown." : "The header Authorization shows no bearer token.")
                        + " Send 'Authorization: Bearer slp_…'; the first one lies in the data directory's admin-token"
                        + " file.";
        answer(problems, request, response, new BadCredentialsException(said));
    }

    private static void answer(
            ObjectProvider<HandlerExceptionResolver> problems,
            HttpServletRequest request,
            HttpServletResponse response,
            Exception why)
            throws IOException {
        boolean answered = problems.orderedStream()
                .anyMatch(resolver -> resolver.resolveException(request, response, null, why) != null);
        if (!answered) {
            response.sendError(why instanceof AuthenticationException ? 401 : 403);
        }
    }

    private static void signIn(HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
            throws IOException {
        if (request.getHeader("HX-Request") != null || "text/event-stream".equals(request.getHeader("Accept"))) {
            response.setHeader("HX-Redirect", "/sign-in");
            response.setStatus(401);
            return;
        }
        if (request.getMethod().equals("GET") && "cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
            comeAgain(response);
            return;
        }
        String back = request.getMethod().equals("GET") ? request.getRequestURI() : "/";
        response.sendRedirect("/sign-in?to=" + URLEncoder.encode(back, StandardCharsets.UTF_8));
    }

    /**
     * A strict cookie is not sent along when a link in a chat or a mail is followed. The page that this answers loads itself again, now
     * from here, and with the cookie.
     */
    private static void comeAgain(HttpServletResponse response) throws IOException {
        response.setContentType("text/html;charset=UTF-8");
        response.getWriter()
                .write("<!DOCTYPE html><html lang=\"en\"><meta http-equiv=\"refresh\""
                        + " content=\"0\"><title>Slipway</title></html>");
    }
}
