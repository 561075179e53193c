package io.slipway.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A public key as {@code cosign generate-key-pair} and openssl write it: PEM of a SubjectPublicKeyInfo (RFC 5280, RFC 7468). */
record PublicKeyFile(Path file, PublicKey key) {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
    private static final int CHARS_MAX = 64 * 1024;
    private static final int RSA_BITS_MIN = 2048;

    static PublicKeyFile read(Path file) throws ImageException {
        try {
            if (Files.size(file) > CHARS_MAX) {
                throw new ImageException("the file with a public key " + file + " is too large to be one");
            }
            Matcher pem = PEM.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            if (!pem.find()) {
                throw new ImageException("the file " + file
                        + " holds no public key in PEM form (BEGIN PUBLIC KEY), as cosign writes it");
            }
            return new PublicKeyFile(file, decoded(file, Base64.getMimeDecoder().decode(pem.group(1))));
        } catch (ImageException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new ImageException("the file with a public key " + file + " cannot be read: " + e, e);
        }
    }

    private static PublicKey decoded(Path file, byte[] encoded) throws ImageException {
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
                if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
                    throw new ImageException("the RSA key in " + file + " has fewer than " + RSA_BITS_MIN + " bits");
                }
                return key;
            } catch (GeneralSecurityException e) {
                // Of another kind, then.
            }
        }
        throw new ImageException("the key in " + file + " is neither EC nor RSA nor Ed25519");
    }

    /** Whether it signed this. */
    boolean signed(byte[] content, byte[] signature) {
        try {
            Signature check = Signature.getInstance(
                    key instanceof ECPublicKey
                            ? "SHA256withECDSA"
                            : key instanceof RSAPublicKey ? "SHA256withRSA" : "Ed25519");
            check.initVerify(key);
            check.update(content);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            // No signature at all, by its form.
            return false;
        }
    }
}
