package io.slipway.api;

import io.slipway.release.Violation;
import java.util.List;

/** A request that is refused before anything is done, and what the caller gets to read. */
final class BadRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    BadRequest(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    /** 400: the request cannot be read. */
    static BadRequest unreadable(String detail) {
        return new BadRequest(Problem.of(400, "unreadable-body", "The body cannot be read", detail));
    }

    /** 400: a query parameter is wrong. */
    static BadRequest parameter(String name, String value, String problem, String fix) {
        Violation violation = new Violation(name, value, problem, fix);
        return new BadRequest(Problem.of(
                        400,
                        "bad-parameter",
                        "A parameter is wrong",
                        "Parameter '" + name + "' " + problem + ". " + fix)
                .with(List.of(violation)));
    }

    /** 422: the body can be read, and says what cannot be. */
    static BadRequest invalid(List<Violation> violations) {
        String detail = violations.size() == 1
                ? "'" + violations.getFirst().field() + "' "
                        + violations.getFirst().problem() + ". Nothing was changed."
                : violations.size() + " fields are wrong; each is listed under 'violations'. Nothing was changed.";
        return new BadRequest(
                Problem.of(422, "invalid", "The request is invalid", detail).with(violations));
    }

    static BadRequest missing(String what, String id) {
        return new BadRequest(Problem.of(
                404, "not-found", "Not found", "There is no " + what + " '" + id + "', or your token may not see it."));
    }

    Problem problem() {
        return problem;
    }
}
