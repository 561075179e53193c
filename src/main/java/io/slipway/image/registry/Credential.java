package io.slipway.image.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What proves who we are. Never shows itself in a text. */
sealed interface Credential {
    /** A user's name and password. */
    record Login(String user, String secret) implements Credential {
        String basic() {
            byte[] pair = (user + ":" + secret).getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(pair);
        }

        @Override
        public String toString() {
            return "Login[...]";
        }
    }

    /** A refresh token, to be exchanged for an access token (Docker's "identitytoken"). */
    record Refresh(String token) implements Credential {
        @Override
        public String toString() {
            return "Refresh[...]";
        }
    }

    /** An access token as it is (Docker's "registrytoken"). */
    record Access(String token) implements Credential {
        @Override
        public String toString() {
            return "Access[...]";
        }
    }
}
