package io.slipway.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS that trusts the certificates of one file beside those of the machine. */
final class PrivateCa {
    private PrivateCa() {}

    static SSLContext context(Path file) throws RegistryException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            int number = 0;
            for (Certificate one : found) {
                store.setCertificateEntry("own-" + number++, one);
            }
            for (X509Certificate one : machine().getAcceptedIssuers()) {
                store.setCertificateEntry("machine-" + number++, one);
            }
            if (found.isEmpty()) {
                throw unusable(file, "holds no certificate in PEM form", null);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (RegistryException e) {
            throw e;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(file, "cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager machine() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager one : factory.getTrustManagers()) {
            if (one instanceof X509TrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("this JDK trusts no certificates at all");
    }

    private static RegistryException unusable(Path file, String why, @Nullable Throwable cause) {
        RegistryException made = new RegistryException(
                RegistryException.Kind.SETUP, "the file with certificates of a registry " + file + " " + why);
        if (cause != null) {
            made.initCause(cause);
        }
        return made;
    }
}
