package io.slipway.outbound;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signature of the Standard Webhooks specification, version 1: HMAC-SHA256 over {@code id.timestamp.body}. */
final class WebhookSignature {
    private static final String HMAC = "HmacSHA256";

    private WebhookSignature() {}

    /** The value of the header {@code webhook-signature}. {@code secretBase64} may carry the prefix {@code whsec_}. */
    static String of(String secretBase64, String id, Instant at, String body) {
        String key = secretBase64.startsWith("whsec_") ? secretBase64.substring(6) : secretBase64;
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(key), HMAC));
            byte[] signed = (id + "." + at.getEpochSecond() + "." + body).getBytes(StandardCharsets.UTF_8);
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + HMAC + ", which every Java must have", e);
        }
    }
}
