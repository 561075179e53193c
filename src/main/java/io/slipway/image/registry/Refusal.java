package io.slipway.image.registry;

import java.io.IOException;
import java.util.StringJoiner;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Puts into words what a server said no to. */
final class Refusal {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int BODY_BYTES_MAX = 64 * 1024;
    private static final int CHARS_MAX = 300;

    private Refusal() {}

    /** @param what was asked for: {@code manifest 1.42 of shop/checkout} */
    static RegistryException of(Endpoint endpoint, Answer answer, String what) {
        String by = Origin.of(answer.uri()).equals(endpoint.origin())
                ? endpoint.toString()
                : Origin.of(answer.uri()) + ", to which " + endpoint + " led,";
        String said = by + " answered " + answer.status() + " to the request for " + what + reasons(answer);
        return switch (answer.status()) {
            case 401 ->
                new RegistryException(
                        RegistryException.Kind.UNAUTHORIZED,
                        said + ". Log in, e.g. with docker login " + endpoint.name());
            case 403 ->
                new RegistryException(
                        RegistryException.Kind.DENIED,
                        said + ". Ask for the right to pull " + endpoint.repository() + ", or log in as another user");
            case 404, 410 ->
                new RegistryException(
                        RegistryException.Kind.NOT_FOUND,
                        said + ". There is no such image there: check repository and tag");
            default ->
                new RegistryException(
                        RegistryException.Kind.BROKEN, said + ", which no registry should; tell who runs it");
        };
    }

    /** The registry's own words (OCI distribution specification, "Error Codes"), made fit to be shown. */
    private static String reasons(Answer answer) {
        try {
            JsonNode errors =
                    JSON.readTree(answer.body().readNBytes(BODY_BYTES_MAX)).path("errors");
            StringJoiner all = new StringJoiner("; ");
            for (JsonNode one : errors) {
                String code = one.path("code").asString("");
                String message = one.path("message").asString("");
                all.add(code.isEmpty() || message.isEmpty() ? code + message : code + ": " + message);
            }
            String text = all.toString().replaceAll("\\p{Cntrl}", " ").strip();
            return text.isEmpty()
                    ? ""
                    : " (" + (text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) + "..." : text) + ")";
        } catch (IOException | JacksonException e) {
            return "";
        }
    }
}
