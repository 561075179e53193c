package io.slipway.access;

import io.slipway.control.Tokens;
import io.slipway.control.Tokens.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The token that a new installation's first admin holds: in a file that only its owner can read. */
public final class AdminToken {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private AdminToken() {}

    /**
     * Makes sure that {@code file} holds a usable admin token: keeps the one that is there while the store knows it, else makes another.
     *
     * @return the token's text
     * @throws IOException when the file cannot be read or written; no token is stored then
     */
    public static String ensure(Path file, Tokens tokens, Clock clock) throws IOException {
        Optional<String> kept = read(file).filter(text -> known(text, tokens, clock));
        if (kept.isPresent()) {
            return kept.get();
        }
        TokenSecret secret = TokenSecret.generate(new SecureRandom());
        write(file, secret.reveal());
        tokens.create(
                new Token(
                        UUID.randomUUID().toString(),
                        "admin",
                        true,
                        List.of(Scope.ADMIN.label()),
                        clock.instant(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                secret.sha256());
        return secret.reveal();
    }

    private static Optional<String> read(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    private static boolean known(String text, Tokens tokens, Clock clock) {
        return TokenSecret.parse(text)
                .flatMap(secret -> tokens.find(secret.sha256()))
                .filter(token -> token.admin() && token.usable(clock.instant()))
                .isPresent();
    }

    /** Beside it and moved over it, so that nobody ever reads half a token. */
    private static void write(Path file, String text) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path fresh = Files.createTempFile(directory, ".admin-token", "", OWNER_ONLY);
        Files.writeString(fresh, text + "\n", StandardCharsets.US_ASCII, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(
                fresh,
                file,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
