package io.slipway.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Collectors;

/** Contents of a container's /etc/hosts and /etc/resolv.conf. */
final class EtcFiles {
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
    /** Whom systemd-resolved asks, where it lets the host ask itself, at 127.0.0.53 (systemd-resolved.service(8)). */
    private static final Path BEHIND_RESOLVED = Path.of("/run/systemd/resolve/resolv.conf");

    private static volatile Read lastRead = new Read(FileTime.fromMillis(Long.MIN_VALUE), "");

    private record Read(FileTime written, String text) {}

    private EtcFiles() {}

    static String hosts(String hostname, List<String> addresses) {
        return "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
                + addresses.stream()
                        .map(address -> address + " " + hostname + "\n")
                        .collect(Collectors.joining());
    }

    /** The host's, but for whom to ask; that one alone, as some programs ask all at once and take the first answer. */
    static String resolvConf(Network.Resolver resolver) {
        String search = "";
        StringBuilder rest = new StringBuilder();
        for (String line : resolvConf().lines().toList()) {
            if (line.matches("(search|domain)\\s.*")) {
                search = line.substring("search".length());
            } else if (!line.matches("(nameserver|#|;).*")) {
                rest.append(line).append('\n');
            }
        }
        return "nameserver " + resolver.address() + "\nsearch " + resolver.domain() + search + "\n" + rest;
    }

    /** The host's, without name servers on its loopback, which mean another machine inside. */
    static String resolvConf() {
        try {
            FileTime written = Files.getLastModifiedTime(RESOLV_CONF);
            Read known = lastRead;
            if (!known.written.equals(written)) {
                known = new Read(written, read());
                lastRead = known;
            }
            return known.text;
        } catch (IOException e) {
            return "";
        }
    }

    private static String read() throws IOException {
        return resolvConf(RESOLV_CONF, BEHIND_RESOLVED);
    }

    /** @param behind read instead if the host asks nobody but servers on its loopback */
    static String resolvConf(Path own, Path behind) throws IOException {
        List<String> lines = Files.readAllLines(own);
        boolean onlyLoopback = lines.stream().anyMatch(EtcFiles::asksLoopback)
                && lines.stream().filter(EtcFiles::asks).allMatch(EtcFiles::asksLoopback);
        return (onlyLoopback && Files.isReadable(behind) ? Files.readAllLines(behind) : lines)
                .stream()
                        .filter(line -> !asksLoopback(line))
                        .map(line -> line + "\n")
                        .collect(Collectors.joining());
    }

    private static boolean asks(String line) {
        return line.matches("nameserver\\s.*");
    }

    private static boolean asksLoopback(String line) {
        return line.matches("nameserver\\s+(127\\.|::1).*");
    }
}
