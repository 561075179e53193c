package io.slipway.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Contents of a container's /etc/hosts and /etc/resolv.conf. */
final class EtcFiles {
    private EtcFiles() {}

    static String hosts(String hostname, List<String> addresses) {
        return "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
                + addresses.stream()
                        .map(address -> address + " " + hostname + "\n")
                        .collect(Collectors.joining());
    }

    /** The host's, without name servers on its loopback, which mean another machine inside. */
    static String resolvConf() {
        try {
            return Files.readAllLines(Path.of("/etc/resolv.conf")).stream()
                    .filter(line -> !line.matches("nameserver\\s+(127\\.|::1).*"))
                    .map(line -> line + "\n")
                    .collect(Collectors.joining());
        } catch (IOException e) {
            return "";
        }
    }
}
