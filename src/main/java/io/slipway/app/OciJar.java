package io.slipway.app;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** One jar with all that {@code slipway oci} needs, of ours and of the libraries: the JVM looks into each jar of a class path at every start. */
final class OciJar {
    private static final List<String> PARTS = List.of(
            "io/slipway/app/Oci",
            "io/slipway/base/",
            "io/slipway/cli/oci/",
            "io/slipway/image/",
            "io/slipway/linux/",
            "io/slipway/sandbox/");
    private static final List<String> LIBRARIES =
            List.of("jna-5", "jackson-core-3", "jackson-databind-3", "jackson-annotations-");

    private OciJar() {}

    static void write(Path target) throws IOException {
        Path whole = Path.of(System.getProperty("java.class.path"));
        try (JarFile jar = new JarFile(whole.toFile());
                OutputStream file = Files.newOutputStream(target);
                JarOutputStream out = new JarOutputStream(file, manifest(jar))) {
            copy(jar, name -> PARTS.stream().anyMatch(name::startsWith), out);
            for (String library : jar.getManifest()
                    .getMainAttributes()
                    .getValue(Attributes.Name.CLASS_PATH)
                    .split(" ")) {
                String name = new File(library).getName();
                if (LIBRARIES.stream().anyMatch(name::startsWith)) {
                    Path path = whole.toAbsolutePath().resolveSibling(library);
                    try (JarFile one = new JarFile(path.toFile())) {
                        copy(one, entry -> entry.endsWith(".class") && !entry.startsWith("META-INF/"), out);
                    }
                }
            }
        }
    }

    private static void copy(JarFile from, Predicate<String> wanted, JarOutputStream out) throws IOException {
        for (JarEntry entry : from.stream().toList()) {
            if (!entry.isDirectory() && !entry.getName().equals("module-info.class") && wanted.test(entry.getName())) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(from.getInputStream(entry).readAllBytes());
            }
        }
    }

    private static Manifest manifest(JarFile jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        String version = jar.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
        attributes.put(Attributes.Name.IMPLEMENTATION_VERSION, version == null ? "unpacked" : version);
        return manifest;
    }
}
