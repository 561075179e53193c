package io.slipway.image.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A program {@code docker-credential-NAME} that keeps credentials (protocol of docker-credential-helpers). What it says is never shown. */
final class CredentialHelper {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final JsonMapper JSON = new JsonMapper();
    private static final int BYTES_MAX = 256 * 1024;
    private static final int WITHIN_SECONDS = 30;
    private static final String TOKEN_USER = "<token>";

    private final String program;
    private final List<String> argv;

    CredentialHelper(String name) throws RegistryException {
        if (!NAME.matcher(name).matches()) {
            throw new RegistryException(
                    RegistryException.Kind.SETUP,
                    "the file with registry credentials names the helper '" + name.replaceAll("\\p{Cntrl}", "?")
                            + "', which is no name of a program docker-credential-...");
        }
        this.program = "docker-credential-" + name;
        this.argv = List.of(program);
    }

    /** @param argv instead of the program's name */
    CredentialHelper(String name, List<String> argv) {
        this.program = "docker-credential-" + name;
        this.argv = List.copyOf(argv);
    }

    /** Empty if it knows none for this registry. */
    Optional<Credential> get(String server) throws RegistryException {
        Process process = start();
        CompletableFuture<byte[]> said = new CompletableFuture<>();
        Thread.startVirtualThread(() -> read(process, said));
        try {
            ask(process, server);
            byte[] answer = said.get(WITHIN_SECONDS, TimeUnit.SECONDS);
            if (!process.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS)) {
                throw new TimeoutException();
            }
            return process.exitValue() == 0 ? credential(answer, server) : none(answer, process.exitValue(), server);
        } catch (TimeoutException e) {
            throw failed(server, "did not answer within " + WITHIN_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(server, "was interrupted", e);
        } catch (ExecutionException e) {
            throw failed(server, "could not be talked to", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A helper that ends without reading has its say all the same. */
    private static void ask(Process process, String server) {
        try (OutputStream in = process.getOutputStream()) {
            in.write((server + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Its exit code tells more.
        }
    }

    private Process start() throws RegistryException {
        try {
            List<String> command = new ArrayList<>(argv);
            command.add("get");
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new RegistryException(
                    RegistryException.Kind.SETUP,
                    "the credential helper " + program + " cannot be started: it must lie in a directory of PATH",
                    e);
        }
    }

    private static void read(Process process, CompletableFuture<byte[]> said) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            try {
                drain(process.getInputStream(), all);
            } catch (IOException e) {
                // When the process ends, the JDK puts what is left into another stream behind this one, under our feet.
                drain(process.getInputStream(), all);
            }
            said.complete(all.toByteArray());
        } catch (IOException e) {
            said.completeExceptionally(e);
        }
    }

    private static void drain(InputStream from, ByteArrayOutputStream into) throws IOException {
        byte[] some = new byte[8192];
        for (int count = from.read(some); count >= 0 && into.size() < BYTES_MAX; count = from.read(some)) {
            into.write(some, 0, count);
        }
    }

    private Optional<Credential> credential(byte[] answer, String server) throws RegistryException {
        try {
            JsonNode node = JSON.readTree(answer);
            String user = node.path("Username").asString("");
            String secret = node.path("Secret").asString("");
            if (secret.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    user.equals(TOKEN_USER) ? new Credential.Refresh(secret) : new Credential.Login(user, secret));
        } catch (JacksonException e) {
            // Without the cause: it may hold the secret.
            throw failed(server, "answered something other than JSON");
        }
    }

    private Optional<Credential> none(byte[] answer, int exit, String server) throws RegistryException {
        if (new String(answer, StandardCharsets.UTF_8).contains("credentials not found")) {
            return Optional.empty();
        }
        throw failed(server, "ended with " + exit);
    }

    private RegistryException failed(String server, String how, Throwable cause) {
        RegistryException made = failed(server, how);
        made.initCause(cause);
        return made;
    }

    private RegistryException failed(String server, String how) {
        return new RegistryException(
                RegistryException.Kind.SETUP,
                "the credential helper " + program + " " + how + " when asked for " + server + "; see with: echo "
                        + server + " | " + program + " get");
    }
}
