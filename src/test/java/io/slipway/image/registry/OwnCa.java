package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;

/** A certificate authority that no machine trusts, made by the JDK's keytool. */
final class OwnCa {
    private static final String PASSWORD = "changeit";

    private final Path store;
    private final Path directory;

    OwnCa(Path directory) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.store = directory.resolve("keys.p12");
        keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=slipway test CA", "-ext", "bc:c");
    }

    /** What whoever trusts it is given, in PEM form. */
    Path certificate() throws Exception {
        Path file = directory.resolve("ca.pem");
        if (!Files.exists(file)) {
            keytool("-exportcert", "-alias", "ca", "-rfc", "-file", file.toString());
        }
        return file;
    }

    /**
     * Sockets of a server with a certificate of this authority.
     *
     * @param name as in a subject alternative name: {@code ip:127.0.0.1}, {@code dns:example.com}
     */
    SSLServerSocketFactory serving(String name) throws Exception {
        String alias = name.replaceAll("[^a-z0-9]", "-");
        keytool(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-signer",
                "ca",
                "-dname",
                "CN=server",
                "-ext",
                "san=" + name);
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            all.load(in, PASSWORD.toCharArray());
        }
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context.getServerSocketFactory();
    }

    private void keytool(String... arguments) throws Exception {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.addAll(List.of(arguments));
        line.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
