package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.control.Refused;
import io.slipway.control.Releases;
import io.slipway.control.Views;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.ServiceView;
import io.slipway.rollout.RolloutEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Asks once before something is done, in a page of its own: it works without JavaScript, and under a shaking thumb. */
@Controller
final class ActionPages {
    private static final String NO_REASON = "no reason given";
    private static final int REASON_LENGTH_MAX = 1000;
    private static final int HOURS_MAX = 24 * 14;

    private final Views views;
    private final Releases releases;
    private final Lookup lookup;
    private final Clock clock;

    ActionPages(Views views, Releases releases, Lookup lookup, Clock clock) {
        this.views = views;
        this.releases = releases;
        this.lookup = lookup;
        this.clock = clock;
    }

    @GetMapping("/rollouts/{id}/{verb:approve|pause|resume|promote|accept|extend|revert}")
    String ask(@PathVariable String id, @PathVariable String verb, Model model) {
        RolloutView r = lookup.rollout(id);
        Optional<Action> action = Action.of(r, Caller.current()).stream()
                .filter(a -> a.verb().equals(verb))
                .findFirst();
        model.addAttribute(
                "service", r.revision().service() + " " + r.revision().label());
        model.addAttribute("action", action.orElse(null));
        model.addAttribute("verb", verb);
        model.addAttribute("state", StateMark.of(r));
        model.addAttribute("sentence", r.reason().text());
        model.addAttribute("back", "/rollouts/" + r.id());
        model.addAttribute("choices", List.of());
        Frame.on(model, action.map(Action::label).orElse("Not possible now"), "services", clock.instant());
        return "confirm";
    }

    @PostMapping("/rollouts/{id}/{verb:approve|pause|resume|promote|accept|extend|revert}")
    String act(
            @PathVariable String id,
            @PathVariable String verb,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "6") int hours)
            throws Refused {
        RolloutView r = lookup.rollout(id);
        Caller caller = Caller.current();
        if (verb.equals("revert")) {
            return revert(r, caller.allowedToRevert(r.revision().service()), text(reason));
        }
        caller.allowed(Scope.OPERATE, r.revision().service());
        String by = caller.name();
        releases.command(
                r.id(),
                switch (verb) {
                    case "approve" -> new RolloutEvent.Approve(by, why("approved", reason));
                    case "pause" -> new RolloutEvent.Pause(by, why("paused", reason));
                    case "resume" -> new RolloutEvent.Resume(by, why("resumed", reason));
                    case "promote" -> new RolloutEvent.Promote(by, why("promoted-by-hand", reason));
                    case "accept" -> new RolloutEvent.Accept(by, why("accepted", reason));
                    default ->
                        new RolloutEvent.Extend(
                                by, Duration.ofHours(Math.clamp(hours, 1, HOURS_MAX)), why("extended", reason));
                },
                caller.actor());
        return "redirect:/rollouts/" + r.id();
    }

    private String revert(RolloutView r, Caller caller, String reason) throws Refused {
        if (!r.state().isOver()) {
            releases.command(
                    r.id(),
                    new RolloutEvent.Revert(caller.name(), new Reason("reverted-by-hand", reason)),
                    caller.actor());
            return "redirect:/rollouts/" + r.id();
        }
        Releases.Back back =
                new Releases.Back(Optional.of(r.revision().number()), r.stable().map(RevisionId::number));
        return "redirect:/rollouts/"
                + releases.revert(r.revision().service(), back, reason, caller.actor())
                        .rollout();
    }

    @GetMapping("/services/{name}/revert")
    String askRevert(@PathVariable String name, Model model) {
        ServiceView service = lookup.service(name);
        Caller.current().allowedToRevert(service.name());
        List<String> choices = older(service);
        model.addAttribute("service", name);
        model.addAttribute("verb", "revert");
        model.addAttribute(
                "action",
                choices.isEmpty()
                        ? null
                        : new Action(
                                "revert",
                                "Revert " + name,
                                "All traffic goes back to the revision chosen below. It is started first and takes"
                                        + " traffic before the one that serves now is drained and stopped; no canary, no"
                                        + " waiting.",
                                "red"));
        model.addAttribute("state", StateMark.of(service));
        model.addAttribute("sentence", service.sentence());
        model.addAttribute("back", "/services/" + name);
        model.addAttribute("choices", choices);
        model.addAttribute("from", serving(service).orElse(null));
        Frame.on(model, "Revert " + name, "services", clock.instant());
        return "confirm";
    }

    @PostMapping("/services/{name}/revert")
    String revert(
            @PathVariable String name,
            @RequestParam Optional<Integer> from,
            @RequestParam Optional<Integer> to,
            @RequestParam(defaultValue = "") String reason)
            throws Refused {
        ServiceView service = lookup.service(name);
        Caller caller = Caller.current().allowedToRevert(service.name());
        return "redirect:/rollouts/"
                + releases.revert(service.name(), new Releases.Back(from, to), text(reason), caller.actor())
                        .rollout();
    }

    @PostMapping("/services/{name}/unhold")
    String unhold(@PathVariable String name, @RequestParam(defaultValue = "") String reason) throws Refused {
        ServiceView service = lookup.service(name);
        Caller caller = Caller.current().allowed(Scope.OPERATE, service.name());
        releases.unhold(service.name(), text(reason), caller.actor());
        return "redirect:/services/" + name;
    }

    /** Numbers of the revisions that can be gone back to, newest first. */
    private List<String> older(ServiceView service) {
        int serving = serving(service).orElse(0);
        return views.revisions(service.name()).stream()
                .map(Views.RevisionView::id)
                .filter(id -> id.number() < serving)
                .sorted(Comparator.comparing(RevisionId::number).reversed())
                .map(id -> String.valueOf(id.number()))
                .toList();
    }

    private static Optional<Integer> serving(ServiceView service) {
        return service.active().map(RolloutView::revision).or(service::stable).map(RevisionId::number);
    }

    private static Reason why(String code, String reason) {
        return new Reason(code, text(reason));
    }

    private static String text(String reason) {
        String cleaned = reason.replaceAll("\\p{Cntrl}", " ").strip();
        return cleaned.isEmpty() ? NO_REASON : cleaned.substring(0, Math.min(cleaned.length(), REASON_LENGTH_MAX));
    }
}
