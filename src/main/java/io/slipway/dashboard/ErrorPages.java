package io.slipway.dashboard;

import io.slipway.access.ScopeMissing;
import io.slipway.control.Refused;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;

/** What a person sees when a page cannot be shown: what happened and what to do, never what is inside. */
@Controller
@ControllerAdvice(
        assignableTypes = {
            ServicesPage.class,
            ServicePage.class,
            RolloutPage.class,
            ActionPages.class,
            HostsPage.class,
            RunbookPages.class,
            LiveStreams.class
        })
final class ErrorPages implements ErrorController {
    private final Clock clock;

    ErrorPages(Clock clock) {
        this.clock = clock;
    }

    @ExceptionHandler
    String missing(Missing missing, HttpServletResponse response, Model model) {
        return page(404, "Not found", String.valueOf(missing.getMessage()), response, model);
    }

    @ExceptionHandler
    String scope(ScopeMissing missing, HttpServletResponse response, Model model) {
        return page(403, "Your token does not allow this", String.valueOf(missing.getMessage()), response, model);
    }

    @ExceptionHandler
    String refused(Refused refused, HttpServletResponse response, Model model) {
        String detail = String.valueOf(refused.getMessage());
        return switch (refused.kind()) {
            case NOT_FOUND -> page(404, "Not found", detail, response, model);
            case INVALID -> page(422, "That is not possible", detail, response, model);
            case NOT_ALLOWED -> page(403, "Not yours to decide", detail, response, model);
            case ROUTE_TAKEN -> page(409, "The route belongs to another service", detail, response, model);
            case SERVICE_HELD -> page(409, "The service is held", detail, response, model);
            case ROLLOUT_ACTIVE -> page(409, "Another rollout is active", detail, response, model);
            case WRONG_STATE -> page(409, "Too late, or too early", detail, response, model);
        };
    }

    /** Everything else that went wrong, wherever. */
    @RequestMapping("/error")
    String error(HttpServletRequest request, HttpServletResponse response, Model model) {
        int status = Optional.ofNullable(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE))
                .filter(Integer.class::isInstance)
                .map(Integer.class::cast)
                .orElse(404);
        return switch (status) {
            case 404 -> page(404, "Not found", "There is no such page.", response, model);
            case 403 ->
                page(
                        403,
                        "Not allowed",
                        "The form was not sent from this dashboard's own page, or your token does not allow it."
                                + " Nothing was changed.",
                        response,
                        model);
            case 405 ->
                page(405, "Not that way", "This address is not used like that. Nothing was changed.", response, model);
            default ->
                status < 500
                        ? page(
                                status,
                                "That did not work",
                                "The request was not understood. Nothing was changed. Go back and try again.",
                                response,
                                model)
                        : page(
                                status,
                                "Slipway failed to show this",
                                "Something went wrong inside that was not foreseen; the controller's log says what."
                                        + " Traffic does not depend on this page: the edge goes on serving.",
                                response,
                                model);
        };
    }

    private String page(int status, String title, String detail, HttpServletResponse response, Model model) {
        response.setStatus(Optional.ofNullable(HttpStatus.resolve(status))
                .map(HttpStatus::value)
                .orElse(500));
        model.addAttribute("status", status);
        model.addAttribute("heading", title);
        model.addAttribute("detail", detail);
        Frame.on(model, title, "", clock.instant());
        return "problem";
    }
}
