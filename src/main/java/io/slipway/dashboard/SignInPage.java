package io.slipway.dashboard;

import io.slipway.access.Session;
import io.slipway.access.SessionCookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Signing in with a token, and out. */
@Controller
final class SignInPage {
    private final Session sessions;
    private final Clock clock;

    SignInPage(Session sessions, Clock clock) {
        this.sessions = sessions;
        this.clock = clock;
    }

    @GetMapping("/sign-in")
    String form(@RequestParam(defaultValue = "/") String to, Model model) {
        return page(to, "", model);
    }

    @PostMapping("/sign-in")
    String signIn(
            @RequestParam(defaultValue = "") String token,
            @RequestParam(defaultValue = "/") String to,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model) {
        try {
            String cookie = SessionCookie.set(request, sessions.signIn(token.strip()));
            response.addHeader(HttpHeaders.SET_COOKIE, cookie);
            return "redirect:" + local(to);
        } catch (AuthenticationException refused) {
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
            return page(to, String.valueOf(refused.getMessage()), model);
        }
    }

    @PostMapping("/sign-out")
    String signOut(HttpServletRequest request, HttpServletResponse response) {
        SessionCookie.read(request).ifPresent(sessions::signOut);
        response.addHeader(HttpHeaders.SET_COOKIE, SessionCookie.clear(request));
        return "redirect:/sign-in";
    }

    private String page(String to, String refused, Model model) {
        model.addAttribute("to", local(to));
        model.addAttribute("refused", refused);
        Frame.on(model, "Sign in", "", clock.instant());
        return "sign-in";
    }

    /** Only an address of our own; {@code //elsewhere} and {@code /\elsewhere} are not. */
    private static String local(String to) {
        boolean ours = to.startsWith("/")
                && !to.startsWith("//")
                && to.indexOf('\\') < 0
                && to.chars().noneMatch(c -> c < ' ');
        return ours ? to : "/";
    }
}
